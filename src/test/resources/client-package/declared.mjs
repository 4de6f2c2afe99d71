// Compares parley.d.ts with the module: the same exports, and each declared member of a class exists.

import ts from "typescript";
import * as module from "parley-client";

const file = "node_modules/parley-client/parley.d.ts";
const checker = ts.createProgram([file], { lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] });
const types = checker.getTypeChecker();
const declared = types
  .getExportsOfModule(types.getSymbolAtLocation(checker.getSourceFile(file)))
  .filter(({ flags }) => flags & ts.SymbolFlags.Value);

const differences = [];
const names = declared.map(({ name }) => name);
for (const name of Object.keys(module).filter((name) => !names.includes(name))) {
  differences.push(`${name} is exported, but not declared`);
}
for (const symbol of declared) {
  const value = module[symbol.name];
  if (value === undefined) {
    differences.push(`${symbol.name} is declared, but not exported`);
    continue;
  }
  const members = [...(symbol.members?.values() ?? [])].filter(({ flags }) => flags & ts.SymbolFlags.ClassMember);
  for (const { name } of members.filter(({ name }) => !(name in value.prototype) && !assigns(value, name))) {
    differences.push(`${symbol.name}.${name} is declared, but does not exist`);
  }
}
console.log(differences.join("\n"));
process.exitCode = differences.length === 0 ? 0 : 1;

/** Whether the constructor of an error sets the field. */
function assigns(type, name) {
  return Error.prototype.isPrototypeOf(type.prototype) && name in new type({});
}
