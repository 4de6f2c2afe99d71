/**
 * Random and malformed input: no input makes Parley fail.
 *
 * <p>{@link dev.parley.campaigns.fuzz.ParsersFuzzTest} explores the parsers with Jazzer;
 * {@link dev.parley.campaigns.fuzz.ParsersTest} runs the inputs that are kept.
 * {@link dev.parley.campaigns.fuzz.HttpFuzzTest} sends whole requests to both APIs, made from the OpenAPI document and a seed.
 */
@NullMarked
package dev.parley.campaigns.fuzz;

import org.jspecify.annotations.NullMarked;
