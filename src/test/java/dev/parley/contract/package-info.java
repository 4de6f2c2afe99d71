/**
 * What a store does, whichever engine it runs on: one interface of cases for each use case, joined in {@code StoreContract}. Start
 * with {@code AnsweringCases}.
 */
package dev.parley.contract;
