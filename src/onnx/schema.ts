import protobuf from 'protobufjs/light.js';

type Field = readonly [id: number, type: string];

/**
 * Messages and field numbers of the public onnx.proto (ONNX 1.17, IR version 10). All of them, as what a schema does
 * not name would be lost when a file is read and written again. A type that ends in [] is a repeated field.
 */
const messages: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    producerVersion: [3, 'string'],
    domain: [4, 'string'],
    modelVersion: [5, 'int64'],
    docString: [6, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, 'OperatorSetIdProto[]'],
    metadataProps: [14, 'StringStringEntryProto[]'],
    trainingInfo: [20, 'TrainingInfoProto[]'],
    functions: [25, 'FunctionProto[]'],
    configuration: [26, 'DeviceConfigurationProto[]'],
  },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  TrainingInfoProto: {
    initialization: [1, 'GraphProto'],
    algorithm: [2, 'GraphProto'],
    initializationBinding: [3, 'StringStringEntryProto[]'],
    updateBinding: [4, 'StringStringEntryProto[]'],
  },
  FunctionProto: {
    name: [1, 'string'],
    input: [4, 'string[]'],
    output: [5, 'string[]'],
    attribute: [6, 'string[]'],
    node: [7, 'NodeProto[]'],
    docString: [8, 'string'],
    opsetImport: [9, 'OperatorSetIdProto[]'],
    domain: [10, 'string'],
    attributeProto: [11, 'AttributeProto[]'],
    valueInfo: [12, 'ValueInfoProto[]'],
    overload: [13, 'string'],
    metadataProps: [14, 'StringStringEntryProto[]'],
  },
  GraphProto: {
    node: [1, 'NodeProto[]'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto[]'],
    docString: [10, 'string'],
    input: [11, 'ValueInfoProto[]'],
    output: [12, 'ValueInfoProto[]'],
    valueInfo: [13, 'ValueInfoProto[]'],
    quantizationAnnotation: [14, 'TensorAnnotation[]'],
    sparseInitializer: [15, 'SparseTensorProto[]'],
    metadataProps: [16, 'StringStringEntryProto[]'],
  },
  TensorAnnotation: {
    tensorName: [1, 'string'],
    quantParameterTensorNames: [2, 'StringStringEntryProto[]'],
  },
  NodeProto: {
    input: [1, 'string[]'],
    output: [2, 'string[]'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto[]'],
    docString: [6, 'string'],
    domain: [7, 'string'],
    overload: [8, 'string'],
    metadataProps: [9, 'StringStringEntryProto[]'],
    deviceConfigurations: [10, 'NodeDeviceConfigurationProto[]'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto'],
    g: [6, 'GraphProto'],
    floats: [7, 'float[]'],
    ints: [8, 'int64[]'],
    strings: [9, 'bytes[]'],
    tensors: [10, 'TensorProto[]'],
    graphs: [11, 'GraphProto[]'],
    docString: [13, 'string'],
    tp: [14, 'TypeProto'],
    typeProtos: [15, 'TypeProto[]'],
    type: [20, 'int32'],
    refAttrName: [21, 'string'],
    sparseTensor: [22, 'SparseTensorProto'],
    sparseTensors: [23, 'SparseTensorProto[]'],
  },
  TensorProto: {
    dims: [1, 'int64[]'],
    dataType: [2, 'int32'],
    segment: [3, 'Segment'],
    floatData: [4, 'float[]'],
    int32Data: [5, 'int32[]'],
    stringData: [6, 'bytes[]'],
    int64Data: [7, 'int64[]'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double[]'],
    uint64Data: [11, 'uint64[]'],
    docString: [12, 'string'],
    externalData: [13, 'StringStringEntryProto[]'],
    dataLocation: [14, 'int32'],
    metadataProps: [16, 'StringStringEntryProto[]'],
  },
  Segment: { begin: [1, 'int64'], end: [2, 'int64'] },
  SparseTensorProto: { values: [1, 'TensorProto'], indices: [2, 'TensorProto'], dims: [3, 'int64[]'] },
  ValueInfoProto: {
    name: [1, 'string'],
    type: [2, 'TypeProto'],
    docString: [3, 'string'],
    metadataProps: [4, 'StringStringEntryProto[]'],
  },
  TypeProto: {
    tensorType: [1, 'TensorTypeProto'],
    sequenceType: [4, 'SequenceTypeProto'],
    mapType: [5, 'MapTypeProto'],
    denotation: [6, 'string'],
    opaqueType: [7, 'OpaqueTypeProto'],
    sparseTensorType: [8, 'TensorTypeProto'],
    optionalType: [9, 'SequenceTypeProto'],
  },
  TensorTypeProto: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  SequenceTypeProto: { elemType: [1, 'TypeProto'] },
  MapTypeProto: { keyType: [1, 'int32'], valueType: [2, 'TypeProto'] },
  OpaqueTypeProto: { domain: [1, 'string'], name: [2, 'string'] },
  TensorShapeProto: { dim: [1, 'DimensionProto[]'] },
  DimensionProto: { dimValue: [1, 'int64'], dimParam: [2, 'string'], denotation: [3, 'string'] },
  DeviceConfigurationProto: { name: [1, 'string'], numDevices: [2, 'int32'], device: [3, 'string[]'] },
  NodeDeviceConfigurationProto: {
    configurationId: [1, 'string'],
    shardingSpec: [2, 'ShardingSpecProto[]'],
    pipelineStage: [3, 'int32'],
  },
  ShardingSpecProto: {
    tensorName: [1, 'string'],
    device: [2, 'int64[]'],
    indexToDeviceGroupMap: [3, 'IntIntListEntryProto[]'],
    shardedDim: [4, 'ShardedDimProto[]'],
  },
  IntIntListEntryProto: { key: [1, 'int64'], value: [2, 'int64[]'] },
  ShardedDimProto: { axis: [1, 'int64'], simpleSharding: [2, 'SimpleShardedDimProto[]'] },
  SimpleShardedDimProto: { dimValue: [1, 'int64'], dimParam: [2, 'string'], numShards: [3, 'int64'] },
};

const fieldOf = ([id, type]: Field): protobuf.IField =>
  type.endsWith('[]') ? { id, type: type.slice(0, -2), rule: 'repeated' } : { id, type };

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      { fields: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldOf(field)])) },
    ]),
  ),
});

export const modelProto = root.lookupType('ModelProto');

/** TensorProto.DataType: its names by number. */
export const dataTypeNames: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};
