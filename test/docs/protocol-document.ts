// docs/protocol.md, made of the definitions: what a client sends, gets and is told.

import { describeFields, namedShapes } from '../../protocol/describe.ts'
import { closeCodes, failures } from '../../protocol/errors.ts'
import type { Fields } from '../../protocol/fields.ts'
import {
  clientDepthMax,
  clientFrameBytesMax,
  httpBodyBytesMax,
  pageLimitDefault,
  pageLimitMax,
  requestsPerFrameMax,
  resumeItemsMax,
} from '../../protocol/limits.ts'
import type { Operation, Push } from '../../protocol/operation.ts'
import { pushes } from '../../protocol/pushes/index.ts'
import { operations } from '../../protocol/registry.ts'
import { code, document, generatedNote, table } from './markdown.ts'

export function protocolDocument(): string {
  return document([
    generatedNote,
    '# Protocol',
    'What a client meets: the frames of the WebSocket, the HTTP routes, every operation and every push. The source is `protocol/`: one file for each operation in `protocol/operations/`, one for each push in `protocol/pushes/`.',
    conventions,
    notations,
    '## Shapes',
    ...[...namedShapes].map(([field, name]) =>
      field.kind === 'record' ? `### ${name}\n\n${fieldTable(field.fields)}` : '',
    ),
    '## Operations',
    overview(),
    ...operationsOf('clients').map(operationSection),
    '## Operations of operators',
    'They have no way in on the port of clients. A gateway that was given `ROOKERY_OPERATOR_TOKEN` takes them on its admin port: `POST /operations/NAME` with `Authorization: Bearer TOKEN`, the parameters as MessagePack; the answer is MessagePack, an error JSON. `npm run load -- import` is a client of theirs.',
    ...operationsOf('operators').map(operationSection),
    '## Pushes',
    'A push is `[0, event, data]`: nobody asked for it, so it answers to no request.',
    ...Object.values(pushes).map((push) => pushSection(push)),
    errorSection(),
    closeSection(),
    limitSection(),
  ])
}

const conventions = `## Frames

\`GET /v1/live\`, upgraded to a WebSocket, with the subprotocol \`rookery.v1.msgpack\` (binary frames) or \`rookery.v1.json\` (text frames, also where none is offered).

With \`?user=ID\`, it is refused with \`unauthenticated\` where the session is another user's or nobody's, and with \`bad_request\` where that is no id: a page in a browser sends whichever cookie the browser has by then.

${table(
  ['frame', 'from', 'form'],
  [
    [
      'request',
      'client',
      "`[id, operation, params]`; `id` is an integer larger than the client's last",
    ],
    [
      'answer',
      'server',
      '`[id, result]`, or `[id, null, {code, message, retry, field?, retryAfterMs?}]`',
    ],
    ['push', 'server', '`[0, event, data]`'],
  ],
)}

Answers may overtake each other. A frame may hold a list of requests, \`[[id, operation, params], …]\`, and the server may put several frames into a list as well.

Over HTTP the same operations have routes under \`/v1\`, with \`Authorization: Bearer TOKEN\`, JSON bodies, and errors as \`application/problem+json\` (RFC 9457). \`/openapi.json\` describes them as OpenAPI 3.1.`

const notations = `## Values

${table(
  ['type', 'JSON', 'MessagePack'],
  [
    ['id', 'decimal string', 'integer below 2^53'],
    ['time', 'ISO 8601 with milliseconds, in UTC', 'integer milliseconds since 1970'],
    ['text', 'string; its bound counts UTF-16 code units', 'string'],
    ['integer, number', 'number', 'integer or float'],
    ['boolean, list, record', 'boolean, array, object', 'boolean, array, map'],
  ],
)}

A field that is optional may be absent. A field that is not listed is refused, so that a misspelt one is noticed.`

function overview(): string {
  return table(
    ['operation', 'does', 'HTTP'],
    operationsOf('clients').map((operation) => [
      `[${operation.name}](#${operation.name.replaceAll('.', '')})`,
      operation.summary,
      routeOf(operation),
    ]),
  )
}

function operationsOf(whose: 'clients' | 'operators'): Operation[] {
  const all: readonly Operation[] = Object.values(operations)
  return all.filter(({ access }) => (access === 'operator') === (whose === 'operators'))
}

function routeOf({ http }: Operation): string {
  return http === undefined ? 'WebSocket only' : code(`${http.method} ${http.path}`)
}

function operationSection(operation: Operation): string {
  const { name, summary, request, answer, refusals } = operation
  return [
    `### ${name}`,
    `${summary}. ${who(operation)} ${how(operation)}`,
    Object.keys(request).length === 0 ? 'Takes no parameters.' : `Takes:\n\n${fieldTable(request)}`,
    Object.keys(answer).length === 0
      ? 'Answers with an empty object.'
      : `Answers:\n\n${fieldTable(answer)}`,
    Object.keys(refusals).length === 0
      ? ''
      : `Refuses:\n\n${table(
          ['code', 'status', 'meaning'],
          Object.entries(refusals).map(([refusal, { status, meaning }]) => [
            code(refusal),
            String(status),
            meaning,
          ]),
        )}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

function who(operation: Operation): string {
  return callers[operation.access]
}

const callers: Readonly<Record<Operation['access'], string>> = {
  anyone: 'For anyone.',
  user: 'For those who are signed in.',
  operator: 'For operators.',
}

function how({ http, isLive, access }: Operation): string {
  if (access === 'operator') return 'Admin port only.'
  if (http === undefined) {
    return isLive === true ? 'WebSocket only.' : 'WebSocket only: over HTTP a header does this.'
  }
  const location = http.location === undefined ? '' : `, with \`Location: ${http.location}\``
  return `HTTP: \`${http.method} ${http.path}\`, answered with ${http.status ?? 200}${location}.`
}

function pushSection(push: Push): string {
  return `### ${push.name}\n\n${push.summary}.\n\n${fieldTable(push.data)}`
}

function fieldTable(fields: Fields): string {
  return table(
    ['field', 'type', '', 'meaning'],
    describeFields(fields).map(({ path, type, isOptional, meaning }) => [
      code(path),
      type,
      isOptional ? 'optional' : '',
      meaning,
    ]),
  )
}

function errorSection(): string {
  const rows = Object.entries(failures).map(([name, { status, retry, meaning }]) => [
    code(name),
    String(status),
    code(retry),
    meaning,
  ])
  return `## Errors

Any operation may fail with one of these codes; beside them it may refuse with its own. \`retry\` says what to do with the same request: \`never\`: give up; \`later\`: send it again after \`retryAfterMs\`; \`same\`: send it again as it is, with the same operation id.

${table(['code', 'status', 'retry', 'meaning'], rows)}`
}

const returns: Readonly<Record<string, string>> = {
  '40': 'stay away, unless something changes',
  '41': 'come back after a jittered pause',
  '42': 'come back at once, with jitter',
}

function closeSection(): string {
  const rows = Object.values(closeCodes).map(({ code: closeCode, reason }) => [
    String(closeCode),
    reason,
    returns[String(closeCode).slice(0, 2)] ?? '',
  ])
  return `## Close codes

A client that does not know a code goes by its first two digits.

${table(['code', 'reason', 'what the client does'], rows)}`
}

function limitSection(): string {
  const rows = [
    ['a frame of a client', `${clientFrameBytesMax} bytes`],
    ['an HTTP request body', `${httpBodyBytesMax} bytes`],
    ['requests in one frame', String(requestsPerFrameMax)],
    ['nesting of a value', `${clientDepthMax} levels`],
    ['entries of a page', `${pageLimitMax}, and ${pageLimitDefault} unless the request says`],
    ['missed entries that a resume sends', `${resumeItemsMax}, beyond that a fresh page`],
  ]
  return `## Limits of the wire\n\n${table(['what', 'at most'], rows)}`
}
