/* UPnP that maps no port. In Debian 12 the real library loads libsoup 3 into whip-client, which uses libsoup 2 and then ends. */
unsigned long gupnp_simple_igd_get_type(void) { return 0; }
void *gupnp_simple_igd_thread_new(void) { return 0; }
void gupnp_simple_igd_add_port(void) {}
void gupnp_simple_igd_remove_port_local(void) {}
