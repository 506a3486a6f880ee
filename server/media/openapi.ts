// The routes of media in the OpenAPI document, as far as no definition says it: files that come and go.

import { mediaTypes } from '../../protocol/media.ts'
import type { Schema } from '../http/openapi-schema.ts'

const contentTypes = Object.values(mediaTypes).map(({ contentType }) => contentType)
const file: Schema = { type: 'string', contentMediaType: 'application/octet-stream' }

/** The body of an upload: a form with one file in it, or the file itself, with `?alt=` in the query. */
export const uploadBody: Schema = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file, alt: { type: 'string', maxLength: 2_000 } },
        required: ['file'],
      },
    },
    ...Object.fromEntries(contentTypes.map((contentType) => [contentType, {}])),
  },
}

const idParameter: Schema = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 64 },
}
const rangeParameter: Schema = {
  name: 'Range',
  in: 'header',
  required: false,
  description: 'One range of bytes.',
  schema: { type: 'string' },
}
const problem: Schema = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function sends(operationId: string, summary: string, types: readonly string[]): Schema {
  const content = Object.fromEntries(types.map((type) => [type, {}]))
  return {
    get: {
      operationId,
      summary,
      security: [{}],
      parameters: [idParameter, rangeParameter],
      responses: {
        200: { description: 'All of it. It never changes: keep it as long as you like.', content },
        206: { description: 'The range that was asked for.', content },
        304: { description: 'You have it, by `If-None-Match`.' },
        404: { description: '`not_found`: There is no such file.', ...problem },
        416: { description: 'It has no such range.', ...problem },
      },
    },
  }
}

export const mediaPaths: Record<string, Record<string, unknown>> = {
  '/v1/media/{id}': sends('media.file', 'A photo or a video', contentTypes),
  '/v1/media/{id}/thumbnail': sends(
    'media.thumbnail',
    'A photo, at most 680 pixels wide and high',
    contentTypes.filter((contentType) => contentType.startsWith('image/')),
  ),
}
