interface ImportMetaEnv {
  /** The URL of the service. */
  readonly VITE_PARLEY?: string;
}
