import {
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import { ArgusError } from '../domain/errors.ts';
import { cameraResource } from './cameraResource.ts';
import { eventResource } from './eventResource.ts';
import { incidentResource } from './incidentResource.ts';
import type { Resource, ResourceContent } from './resourceContract.ts';
import { stillResource } from './stillResource.ts';
import { suggestions, whatIsKnown } from './suggestions.ts';
import type { Serving } from './toolServing.ts';
import { trackResource } from './trackResource.ts';
import { watchResource } from './watchResource.ts';

/** In the order in which clients are told of them. */
export const resources: readonly Resource[] = [
  cameraResource,
  eventResource,
  trackResource,
  incidentResource,
  stillResource,
  watchResource,
];

export function registerResources(server: McpServer, { world, record, onDefect }: Serving): void {
  for (const resource of resources) {
    const { name, title, description, mimeType, template, list } = resource;
    server.registerResource(
      name,
      new ResourceTemplate(template, {
        list:
          list &&
          (() => ({ resources: whatIsKnown(() => list(world).map((one) => ({ ...one, mimeType }))) })),
        complete: { id: (begun) => suggestions(resource, begun, world) },
      }),
      { title, description, mimeType, cacheHint: { ttlMs: resource.ttlMs, cacheScope: 'private' } },
      (uri, { id }, ctx) =>
        record(ctx, { resource: uri.href }, async () => {
          try {
            const content = await resource.read(String(id), world);
            return { result: resultOf(uri.href, mimeType, content), outcome: 'ok' };
          } catch (error) {
            if (error instanceof ArgusError) throw new ResourceNotFoundError(uri.href, error.message);
            onDefect(uri.href, error);
            throw error;
          }
        }),
    );
  }
}

function resultOf(uri: string, mimeType: string, content: ResourceContent): ReadResourceResult {
  const { takenAt } = content;
  const common = { uri, mimeType, ...(takenAt !== undefined && { _meta: { 'argus/takenAt': takenAt } }) };
  return {
    contents: [
      'picture' in content
        ? { ...common, blob: content.picture.toString('base64') }
        : { ...common, text: JSON.stringify(content.json) },
    ],
  };
}
