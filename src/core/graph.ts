import onnxProto from 'onnx-proto';

const { ModelProto, AttributeProto } = onnxProto.onnx;

/** The name of a tensor inside a graph. */
export type Value = string;

/** Element types by their number in ONNX's TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, float64: 11 } as const;
export type ElementType = keyof typeof DATA_TYPE;

/** A fixed size, or the name of a size that is known only at run time (the same name, the same size). */
export type Dimension = number | string;

/** Whole numbers and text are written as they are; `{float}` marks the attributes that ONNX wants as floats. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** An ONNX graph being built. Values are made in the order of the calls, which is also the order of execution. */
export interface Graph {
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value;
  /** A constant in row-major order; its length must be the product of `shape`. */
  constant(name: string, data: Float32Array | Uint8Array | BigInt64Array, shape: readonly number[]): Value;
  /** Adds a node with one output and gives that output, named `name` or after the operator and a running number. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes?: Readonly<Record<string, Attribute>>,
    name?: string,
  ): Value;
  /** Declares an existing value, by its own name, as an output of the model. */
  output(value: Value, type: ElementType, shape: readonly Dimension[]): void;
  /** The model as an ONNX file. Equal calls give equal bytes: no time stamp, no map whose order could vary. */
  encode(): Uint8Array;
}

const valueInfo = (name: string, type: ElementType, shape: readonly Dimension[]) => ({
  name,
  type: {
    tensorType: {
      elemType: DATA_TYPE[type],
      shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
    },
  },
});

function attributeProto([name, value]: [string, Attribute]) {
  const { AttributeType } = AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

const elementType = (data: Float32Array | Uint8Array | BigInt64Array): ElementType =>
  data instanceof Float32Array ? 'float32' : data instanceof Uint8Array ? 'uint8' : 'int64';

/**
 * An empty graph. Opset 13 and IR version 7 are the oldest with everything used here, so that old runtimes read it too.
 *
 * @param name what the graph is, kept in the file for whoever opens it in a viewer
 */
export function createGraph(name: string): Graph {
  const nodes: onnxProto.onnx.INodeProto[] = [];
  const constants: onnxProto.onnx.ITensorProto[] = [];
  const inputs: onnxProto.onnx.IValueInfoProto[] = [];
  const outputs: onnxProto.onnx.IValueInfoProto[] = [];
  const values = new Set<Value>();

  const define = (value: Value): Value => {
    if (values.has(value)) throw new Error(`graph ${name}: "${value}" is defined twice`);
    values.add(value);
    return value;
  };
  const known = (value: Value): Value => {
    if (!values.has(value)) throw new Error(`graph ${name}: "${value}" is used before it is defined`);
    return value;
  };

  return {
    input(value, type, shape) {
      inputs.push(valueInfo(value, type, shape));
      return define(value);
    },
    constant(value, data, shape) {
      const size = shape.reduce((product, n) => product * n, 1);
      if (size !== data.length) throw new Error(`${value}: ${data.length} numbers for shape ${shape.join('×')}`);
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      constants.push({ name: value, dims: [...shape], dataType: DATA_TYPE[elementType(data)], rawData });
      return define(value);
    },
    node(operator, from, attributes = {}, value = `${operator}_${nodes.length}`) {
      const attribute = Object.entries(attributes).map(attributeProto);
      nodes.push({ opType: operator, name: value, input: from.map(known), output: [define(value)], attribute });
      return value;
    },
    output(value, type, shape) {
      outputs.push(valueInfo(known(value), type, shape));
    },
    encode() {
      const graph = { name, node: nodes, initializer: constants, input: inputs, output: outputs };
      const opsetImport = [{ domain: '', version: 13 }];
      return ModelProto.encode({ irVersion: 7, producerName: 'fidsweep', opsetImport, graph }).finish();
    },
  };
}
