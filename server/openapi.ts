// The OpenAPI 3.1 document, made of the definitions: served at /openapi.json.

import type { FailureCode } from '../protocol/errors.ts'
import { failures } from '../protocol/errors.ts'
import type { Route } from './http/http-routes.ts'
import { routes } from './http/http-routes.ts'
import type { Schema } from './http/openapi-schema.ts'
import { componentSchemas, recordSchema, schemaOf } from './http/openapi-schema.ts'
import { mediaPaths, uploadBody } from './media/openapi.ts'

/** The document as a plain object, ready for JSON. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = paths[route.path] ?? {}
    path[route.method.toLowerCase()] = operationObject(route)
    paths[route.path] = path
  }
  Object.assign(paths, mediaPaths)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rookery',
      version: '1',
      description:
        'Tweets, followers and home timelines over HTTP. What is pushed as it happens comes over the WebSocket at /v1/live.',
    },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of a sign-in.' },
      },
      headers: rateLimitHeaders,
      schemas: componentSchemas(),
    },
  }
}

function operationObject(route: Route): Record<string, unknown> {
  const { operation } = route
  const hasBody = route.hasBody && Object.keys(route.otherFields).length > 0
  return {
    operationId: operation.name,
    summary: operation.summary,
    ...(operation.access === 'anyone' ? { security: [{}, { bearer: [] }] } : {}),
    parameters: parametersOf(route),
    ...(operation.isUpload === true ? { requestBody: uploadBody } : {}),
    ...(hasBody && operation.isUpload !== true ? { requestBody: requestBodyOf(route) } : {}),
    responses: responsesOf(route),
  }
}

function parametersOf(route: Route): Schema[] {
  const parameters: Schema[] = []
  for (const name of route.pathNames) {
    const schema = schemaOf(route.operation.request[name]!)
    parameters.push({ name, in: 'path', required: true, schema })
  }
  for (const name of route.hasBody ? [] : Object.keys(route.otherFields)) {
    const field = route.otherFields[name]!
    const required = field.kind !== 'optional'
    parameters.push({ name, in: 'query', required, schema: schemaOf(field) })
  }
  if (route.hasIdempotencyKey) {
    const schema = schemaOf(route.operation.request['operationId']!)
    parameters.push({ name: 'Idempotency-Key', in: 'header', required: false, schema })
  }
  return parameters
}

function requestBodyOf(route: Route): Schema {
  return { required: true, content: contentOf(recordSchema(route.otherFields)) }
}

function responsesOf(route: Route): Record<string, Schema> {
  const { operation } = route
  const headers: Record<string, Schema> = { ...rateLimitReferences }
  if (operation.http?.location !== undefined) {
    headers['Location'] = { schema: { type: 'string', format: 'uri-reference' } }
  }
  if (route.hasOlderCursor) {
    const description = 'The next page, as rel="next"; absent on the last.'
    headers['Link'] = { description, schema: { type: 'string' } }
  }
  const body = route.status === 204 ? {} : { content: contentOf(recordSchema(operation.answer)) }
  const responses: Record<string, Schema> = {
    [route.status]: { description: operation.summary, headers, ...body },
  }
  for (const [status, meanings] of problemsOf(route)) {
    responses[status] = {
      description: meanings.join(' '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  return responses
}

/** What can go wrong, by status: what the operation declares, and what all operations share. */
function problemsOf(route: Route): Map<number, string[]> {
  const problems = new Map<number, string[]>()
  const add = (status: number, code: string, meaning: string): void => {
    problems.set(status, [...(problems.get(status) ?? []), `\`${code}\`: ${meaning}`])
  }
  for (const [code, refusal] of Object.entries(route.operation.refusals)) {
    add(refusal.status, code, refusal.meaning)
  }
  for (const code of Object.keys(failures) as FailureCode[]) {
    add(failures[code].status, code, failures[code].meaning)
  }
  return problems
}

function contentOf(schema: Schema): Schema {
  return { 'application/json': { schema }, 'application/msgpack': { schema } }
}

const rateLimitHeaders: Readonly<Record<string, Schema>> = {
  'X-RateLimit-Limit': {
    description: 'Requests that may be sent in one burst.',
    schema: { type: 'integer' },
  },
  'X-RateLimit-Remaining': {
    description: 'How many of them are left.',
    schema: { type: 'integer' },
  },
  'X-RateLimit-Reset': {
    description: 'When all of them are there again, in unix seconds.',
    schema: { type: 'integer' },
  },
}

const rateLimitReferences: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.keys(rateLimitHeaders).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
)
