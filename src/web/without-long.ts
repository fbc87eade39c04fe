/**
 * Stands in for the package `long`, which protobufjs loads for 64-bit integers. The protocol has none, and `long` tries
 * WebAssembly when it is loaded, which the content security policy forbids and Firefox reports as an error.
 * protobufjs does without when it finds nothing here.
 */
export const Long = undefined;
