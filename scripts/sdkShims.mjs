// What the MCP SDK takes from its surroundings, with the smaller of its two validators of JSON Schema. All that is validated
// here is the answer to a question with one box.
export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
export { default as process } from 'node:process';
