// Where Redis is, as one text (ROOKERY_REDIS_URL), and what it says.
//
//   redis://HOST[:PORT][/DATABASE]                             one server
//   redis+sentinel://HOST:PORT,HOST:PORT/MASTER[/DATABASE]     Sentinels that know the master's address
//   redis+cluster://HOST:PORT,HOST:PORT                        some nodes of a Redis Cluster
//
// `rediss` in the place of `redis` means TLS. USER:PASSWORD@ or :PASSWORD@ may stand before the first
// host; a character that means something in a URL is percent-encoded. An IPv6 address stands in
// brackets. Sentinels that want a password of their own get it by `?sentinelPassword=`.
//
// A URL holds secrets: messages name the hosts alone.

export type RedisHost = { readonly host: string; readonly port: number }

export type RedisAddress = {
  readonly kind: 'server' | 'sentinel' | 'cluster'
  readonly hosts: readonly RedisHost[]
  readonly isEncrypted: boolean
  readonly username?: string
  readonly password?: string
  readonly sentinelPassword?: string
  /** The name that the Sentinels know the master by. */
  readonly masterName?: string
  readonly database: number
}

const serverPort = 6379
const sentinelPort = 26_379
const portMax = 65_535
const urlPattern =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^@/?]+)(?<path>\/[^?]*)?(?:\?(?<query>.*))?$/
const hostPattern = /^(?:\[(?<address>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/

/** @throws Error, in one sentence and without the secrets, where the text is not such a URL. */
export function parseRedisUrl(url: string): RedisAddress {
  const found = urlPattern.exec(url)?.groups
  if (found === undefined) {
    throw malformed('it must look like redis://host:6379, redis+sentinel:// or redis+cluster://')
  }
  const kind = (found['kind'] ?? 'server') as RedisAddress['kind']
  const hosts = (found['hosts'] ?? '').split(',').map((text) => parseHost(text, kind))
  if (kind === 'server' && hosts.length > 1) {
    throw malformed('it names several hosts: say redis+cluster:// or redis+sentinel://')
  }
  return {
    kind,
    hosts,
    isEncrypted: found['tls'] === 's',
    ...parseUser(found['user']),
    ...parsePath(found['path'] ?? '', kind),
    ...parseQuery(found['query'], kind),
  }
}

/** The hosts, for messages: nothing secret is in it. */
export function showRedisAddress({ hosts, masterName }: RedisAddress): string {
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  return masterName === undefined ? list.join(',') : `${masterName} of ${list.join(',')}`
}

function parseHost(text: string, kind: RedisAddress['kind']): RedisHost {
  const found = hostPattern.exec(text)?.groups
  const host = found?.['address'] ?? found?.['name']
  const port = Number(found?.['port'] ?? (kind === 'sentinel' ? sentinelPort : serverPort))
  if (host === undefined || port < 1 || port > portMax) {
    throw malformed('a host is written host:port or [address]:port')
  }
  return { host, port }
}

function parseUser(user: string | undefined): { username?: string; password?: string } {
  if (user === undefined) return {}
  const colon = user.indexOf(':')
  const username = decode(colon === -1 ? user : user.slice(0, colon))
  const password = colon === -1 ? '' : decode(user.slice(colon + 1))
  if (password === '') throw malformed('a user needs a password: redis://user:password@host')
  return username === '' ? { password } : { username, password }
}

function parsePath(
  path: string,
  kind: RedisAddress['kind'],
): { masterName?: string; database: number } {
  const parts = path.split('/').slice(1).filter(Boolean)
  if (kind === 'cluster') {
    if (parts.length > 0) throw malformed('a Redis Cluster has no databases to choose from')
    return { database: 0 }
  }
  const masterName = kind === 'sentinel' ? decode(parts.shift() ?? '') : undefined
  if (masterName === '') throw malformed('it must end in the name of the master: …/mymaster')
  const [number = '0', ...rest] = parts
  if (rest.length > 0 || !/^\d{1,5}$/.test(number)) {
    throw malformed('a database is a number: redis://host:6379/0')
  }
  const database = Number(number)
  return masterName === undefined ? { database } : { masterName, database }
}

function parseQuery(
  query: string | undefined,
  kind: RedisAddress['kind'],
): { sentinelPassword?: string } {
  const parameters = new URLSearchParams(query ?? '')
  for (const name of parameters.keys()) {
    if (kind === 'sentinel' && name === 'sentinelPassword') continue
    throw malformed(`it has a parameter "${name}", which means nothing here`)
  }
  const sentinelPassword = parameters.get('sentinelPassword')
  return sentinelPassword === null ? {} : { sentinelPassword }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw malformed('a % must be followed by two hexadecimal digits', error)
  }
}

function malformed(reason: string, cause?: unknown): Error {
  return new Error(`ROOKERY_REDIS_URL cannot be read: ${reason}.`, { cause })
}
