// Writes a FileDescriptorSet of LiveKit's messages, rebuilt from the classes that npm's @livekit/protocol was generated into:
// what protoc needs to generate the same messages in C++. Usage: node describe.mjs <out> <file.proto>...
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  DescriptorProto,
  EnumDescriptorProto,
  EnumValueDescriptorProto,
  FieldDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProto,
  FileDescriptorSet,
  MessageOptions,
  OneofDescriptorProto,
  proto3,
} from '@bufbuild/protobuf';

const folder = fileURLToPath(new URL('./node_modules/@livekit/protocol/src/gen/', import.meta.url));

/** file.proto → { package, types } of every generated module. */
async function modules() {
  const found = new Map();
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('_pb.js')) continue;
    const text = readFileSync(folder + name, 'utf8');
    const [, file, proto] = /@generated from file (\S+) \(package ([\w.]+),/.exec(text);
    found.set(file, { package: proto, types: Object.values(await import(pathToFileURL(folder + name))) });
  }
  return found;
}

const isEnum = (type) => typeof type === 'object' && typeof type.typeName !== 'string';
const typeNameOf = (type) => `.${type.typeName}`;

function enumDescriptor(type) {
  const value = type.values.map(({ name, no }) => new EnumValueDescriptorProto({ name, number: no }));
  return new EnumDescriptorProto({ name: type.typeName.split('.').at(-1), value });
}

/** The kind of one value: a scalar's type, or the name of a message or an enumeration. `uses` learns that name. */
function valueType(kind, T, uses) {
  if (kind === 'scalar') return { type: T };
  uses.add(T.typeName);
  return { type: kind === 'enum' ? Type.ENUM : Type.MESSAGE, typeName: typeNameOf(T) };
}

function mapEntry(message, field, uses) {
  const name = field.name.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase()) + 'Entry';
  const { kind, T } = field.V;
  const of = (number, what, type) => new FieldDescriptorProto({ name: what, number, label: Label.OPTIONAL, ...type });
  const entry = new DescriptorProto({
    name,
    field: [of(1, 'key', { type: field.K }), of(2, 'value', valueType(kind, T, uses))],
    options: new MessageOptions({ mapEntry: true }),
  });
  return { entry, typeName: `.${message.typeName}.${name}` };
}

function messageDescriptor(message, uses) {
  const out = new DescriptorProto({ name: message.typeName.split('.').at(-1) });
  const fields = message.fields.list();
  const oneofs = [...new Set(fields.filter((field) => field.oneof).map((field) => field.oneof.name))];
  // protoc wants the synthetic oneofs of optional fields behind the real ones.
  const optional = fields.filter((field) => field.opt && !field.repeated && field.kind !== 'message');
  const all = [...oneofs, ...optional.map((field) => `_${field.name}`)];
  out.oneofDecl = all.map((name) => new OneofDescriptorProto({ name }));
  for (const field of fields) {
    const description = new FieldDescriptorProto({ name: field.name, number: field.no, jsonName: field.jsonName });
    description.label = field.repeated || field.kind === 'map' ? Label.REPEATED : Label.OPTIONAL;
    if (field.kind === 'map') {
      const { entry, typeName } = mapEntry(message, field, uses);
      out.nestedType.push(entry);
      Object.assign(description, { type: Type.MESSAGE, typeName });
    } else Object.assign(description, valueType(field.kind, field.T, uses));
    if (field.oneof) description.oneofIndex = oneofs.indexOf(field.oneof.name);
    else if (optional.includes(field)) {
      description.proto3Optional = true;
      description.oneofIndex = all.indexOf(`_${field.name}`);
    }
    out.field.push(description);
  }
  return out;
}

/** One .proto file, its messages nested as their names say. */
function fileDescriptor(name, { package: proto, types }, fileOf) {
  const uses = new Set();
  const file = new FileDescriptorProto({ name, package: proto, syntax: 'proto3' });
  const messages = new Map();
  const parentOf = (typeName) => messages.get(typeName.slice(0, typeName.lastIndexOf('.')));
  for (const message of types.filter((type) => typeof type === 'function' && type.fields)) {
    messages.set(message.typeName, messageDescriptor(message, uses));
  }
  for (const [typeName, descriptor] of messages) (parentOf(typeName)?.nestedType ?? file.messageType).push(descriptor);
  for (const type of types.filter(isEnum)) {
    const described = proto3.getEnumType(type);
    (parentOf(described.typeName)?.enumType ?? file.enumType).push(enumDescriptor(described));
  }
  const needed = [...uses].map((typeName) => fileOf(typeName)).filter((other) => other !== name);
  file.dependency = [...new Set(needed)].sort();
  return file;
}

const wellKnown = (typeName) => {
  const name = typeName.split('.').at(-1);
  const struct = ['Struct', 'Value', 'ListValue', 'NullValue'];
  return `google/protobuf/${struct.includes(name) ? 'struct' : name.toLowerCase()}.proto`;
};

const [out, ...wanted] = process.argv.slice(2);
const found = await modules();
const homes = new Map();
for (const [file, { types }] of found) {
  for (const type of types) {
    if (typeof type === 'function' && type.typeName) homes.set(type.typeName, file);
    else if (isEnum(type)) homes.set(proto3.getEnumType(type).typeName, file);
  }
}
const fileOf = (typeName) => homes.get(typeName) ?? wellKnown(typeName);

const set = new FileDescriptorSet();
const done = new Set();
function add(name) {
  if (done.has(name) || !found.has(name)) return;
  done.add(name);
  const file = fileDescriptor(name, found.get(name), fileOf);
  file.dependency.forEach(add);
  set.file.push(file);
}
for (const name of wanted) {
  if (!found.has(name)) throw new Error(`${basename(folder)}: no ${name}`);
  add(name);
}
writeFileSync(out, set.toBinary());
console.log(set.file.map((file) => file.name).join('\n'));
