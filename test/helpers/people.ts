// People of a running cluster: who they are, and what they do over HTTP.

import { handleOn } from './running-cluster.ts'

export type Person = {
  /** As JSON has it: a decimal string. */
  readonly id: string
  readonly handle: string
  readonly password: string
  readonly token: string
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON, else the text; undefined where there is none. */
  readonly body: unknown
  readonly text: string
}

type Server = { readonly url: string }

/** One HTTP request. `body` is sent as JSON, or as it is where it is text already. */
export async function http(
  server: Server,
  request: {
    readonly method?: string
    readonly path: string
    readonly body?: unknown
    readonly token?: string | undefined
    readonly headers?: Readonly<Record<string, string>>
  },
): Promise<HttpAnswer> {
  const { method = 'GET', path, body, token } = request
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  const parsed = isJson ? JSON.parse(text) : text === '' ? undefined : text
  return { status: response.status, headers: response.headers, body: parsed, text }
}

/** Somebody new who lives on this shard. */
export async function signUp(
  server: Server,
  shard: 'shard-0' | 'shard-1' = 'shard-0',
  prefix = 'p',
): Promise<Person> {
  const handle = handleOn(shard, prefix)
  const password = `the password of ${handle}`
  const answer = await http(server, {
    method: 'POST',
    path: '/v1/users',
    body: { handle, name: `Name of ${handle}`, password },
  })
  if (answer.status !== 201) throw new Error(`${handle} was not signed up: ${answer.text}`)
  const { user, token } = answer.body as { user: { id: string }; token: string }
  return { id: user.id, handle, password, token }
}

/** Posts over HTTP; gives the id of the tweet. */
export async function post(server: Server, author: Person, text: string): Promise<string> {
  const answer = await http(server, {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text },
  })
  if (answer.status !== 201) throw new Error(`not posted: ${answer.text}`)
  return (answer.body as { tweet: { id: string } }).tweet.id
}

export async function follow(server: Server, reader: Person, author: Person): Promise<void> {
  const path = `/v1/users/${author.id}/follow`
  const answer = await http(server, { method: 'PUT', path, token: reader.token, body: {} })
  if (answer.status !== 200) throw new Error(`not followed: ${answer.text}`)
}

export type HomePage = {
  readonly tweets: readonly { readonly id: string; readonly authorId: string; text: string }[]
  readonly position: string
}

export async function home(server: Server, reader: Person): Promise<HomePage> {
  const path = '/v1/timelines/home?limit=100'
  const answer = await http(server, { path, token: reader.token })
  if (answer.status !== 200) throw new Error(`home cannot be read: ${answer.text}`)
  return answer.body as HomePage
}
