/**
 * What nobody would send on purpose: no input makes Parley fail.
 *
 * <p>{@link dev.parley.campaigns.fuzz.ParsersFuzzTest} leaves it to Jazzer to find the bytes that lead a parser where it has not been yet;
 * {@link dev.parley.campaigns.fuzz.ParsersTest} tries those that are kept.
 * {@link dev.parley.campaigns.fuzz.HttpFuzzTest} sends whole requests to both APIs, made from the OpenAPI document and a seed.
 */
@NullMarked
package dev.parley.campaigns.fuzz;

import org.jspecify.annotations.NullMarked;
