import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import { ArgusError, messageOf } from '../../../domain/errors.ts';
import { halfToFloat } from '../half.ts';

/** A constant of the graph. float16 has become float32, and all whole numbers int64. */
export interface IrConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** What the `data` element says. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What feeds each input, in the order of the ports. */
  readonly inputs: readonly { readonly layer: string; readonly port: string }[];
  /** Shape of each output, by its port. */
  readonly outputs: ReadonlyMap<string, readonly number[]>;
  readonly constant?: IrConstant;
}

/** A graph of OpenVINO: https://docs.openvino.ai/2024/documentation/openvino-ir-format.html, versions 10 and 11. */
export interface IrModel {
  readonly name: string;
  /** By id, in the order of the file. */
  readonly layers: ReadonlyMap<string, IrLayer>;
}

/** @throws ArgusError when the text is no IR of version 10 or 11, or the weights do not hold a constant. */
export function readIr(xml: string, weights: Uint8Array): IrModel {
  const net = parseNet(xml);
  const version = net.getAttribute('version') ?? 'none';
  if (version !== '10' && version !== '11')
    throw notIr(`its version is ${version}, and 10 and 11 can be read`);
  const inputs = inputsByLayer(net);
  const layers = new Map<string, IrLayer>();
  for (const element of childrenOf(childrenOf(net, 'layers')[0], 'layer')) {
    const layer = layerOf(element, inputs.get(attribute(element, 'id')) ?? new Map<string, Feed>());
    const isConstant = layer.type === 'Const';
    layers.set(layer.id, isConstant ? { ...layer, constant: constantOf(layer, weights) } : layer);
  }
  if (layers.size === 0) throw notIr('it has no layers');
  return { name: net.getAttribute('name') ?? 'network', layers };
}

type Feed = IrLayer['inputs'][number];

function parseNet(xml: string): Element {
  let root: Element | null;
  try {
    root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml').documentElement;
  } catch (error) {
    throw notIr(messageOf(error).split('\n', 1)[0] ?? '', error);
  }
  if (root?.tagName !== 'net') throw notIr(`it is a document of <${root?.tagName ?? 'nothing'}>, not <net>`);
  return root;
}

/** The edges of the graph: what feeds each port of each layer. */
function inputsByLayer(net: Element): Map<string, Map<string, Feed>> {
  const inputs = new Map<string, Map<string, Feed>>();
  for (const edge of childrenOf(childrenOf(net, 'edges')[0], 'edge')) {
    const to = attribute(edge, 'to-layer');
    const ports = inputs.get(to) ?? new Map<string, Feed>();
    ports.set(attribute(edge, 'to-port'), {
      layer: attribute(edge, 'from-layer'),
      port: attribute(edge, 'from-port'),
    });
    inputs.set(to, ports);
  }
  return inputs;
}

function layerOf(element: Element, feeds: ReadonlyMap<string, Feed>): IrLayer {
  const ports = (side: string) => childrenOf(childrenOf(element, side)[0], 'port');
  const data = childrenOf(element, 'data')[0];
  const name = attribute(element, 'name');
  return {
    id: attribute(element, 'id'),
    name,
    type: attribute(element, 'type'),
    attributes: Object.fromEntries(Array.from(data?.attributes ?? []).map((item) => [item.name, item.value])),
    inputs: ports('input').map((port) => {
      const feed = feeds.get(attribute(port, 'id'));
      if (!feed) throw notIr(`nothing feeds port ${attribute(port, 'id')} of layer ${name}`);
      return feed;
    }),
    outputs: new Map(
      ports('output').map((port) => [
        attribute(port, 'id'),
        childrenOf(port, 'dim').map((dim) => Number(dim.textContent)),
      ]),
    ),
  };
}

/** Bytes of a number, and how to read them as float32 or int64. */
const readers: Readonly<
  Record<string, { size: number; read: (view: DataView, count: number) => IrConstant['data'] }>
> = {
  f32: { size: 4, read: (view, count) => floats(count, (i) => view.getFloat32(4 * i, true)) },
  f16: { size: 2, read: (view, count) => floats(count, (i) => halfToFloat(view.getUint16(2 * i, true))) },
  i64: { size: 8, read: (view, count) => integers(count, (i) => view.getBigInt64(8 * i, true)) },
  i32: { size: 4, read: (view, count) => integers(count, (i) => BigInt(view.getInt32(4 * i, true))) },
};

const floats = (count: number, at: (i: number) => number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => at(i));
const integers = (count: number, at: (i: number) => bigint): BigInt64Array =>
  BigInt64Array.from({ length: count }, (_, i) => at(i));

function constantOf({ name, attributes }: IrLayer, weights: Uint8Array): IrConstant {
  const type = attributes['element_type'] ?? 'none';
  const reader = readers[type];
  if (!reader) {
    const known = Object.keys(readers).join(', ');
    throw notIr(`constant ${name} is of element type ${type}, and ${known} can be read`);
  }
  const dims = (attributes['shape'] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const count = dims.reduce((product, length) => product * length, 1);
  const offset = Number(attributes['offset']);
  const size = Number(attributes['size']);
  if (!(offset >= 0) || size !== count * reader.size)
    throw notIr(`constant ${name} of shape [${dims.join(', ')}] and type ${type} cannot take ${size} bytes`);
  if (offset + size > weights.length) {
    throw new ArgusError(
      `The weights of the OpenVINO model end at byte ${weights.length}, but constant ${name} lies at ${offset} to ${offset + size}.`,
      'Give the .bin file that belongs to the .xml, whole.',
    );
  }
  return { dims, data: reader.read(new DataView(weights.buffer, weights.byteOffset + offset, size), count) };
}

const childrenOf = (parent: Element | undefined, tag: string): Element[] =>
  Array.from(parent?.childNodes ?? []).filter(
    (node): node is Element => node.nodeType === 1 && (node as Element).tagName === tag,
  );

function attribute(element: Element, name: string): string {
  const value = element.getAttribute(name);
  if (value === null) throw notIr(`a <${element.tagName}> has no attribute ${name}`);
  return value;
}

const notIr = (why: string, cause?: unknown): ArgusError =>
  new ArgusError(
    `This is not an OpenVINO model that can be read: ${why}.`,
    'Give the .xml of an OpenVINO IR, or export the model to ONNX with its own tools.',
    { cause },
  );
