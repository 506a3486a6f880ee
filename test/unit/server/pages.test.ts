import { describe, expect, test } from 'vitest'
import { makeToken } from '../../../protocol/credentials.ts'
import { failure } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { silentLog } from '../../../protocol/std/log.ts'
import { HttpCallers } from '../../../server/http/http-callers.ts'
import { Keys } from '../../../server/identity/keys.ts'
import { Sessions } from '../../../server/identity/sessions.ts'
import type { ShardRequest } from '../../../server/links/shard-request.ts'
import type { HttpRequest, HttpResponse, TemplatedApp } from '../../../server/listener.ts'
import { remoteAddressOf } from '../../../server/listener.ts'
import { Pages } from '../../../server/pages/pages.ts'
import { askedOf } from '../../helpers/fake-exchange.ts'

const ada = 4096 as UserId
const burst = 4
const tokenOf = (number: number): string => makeToken(ada, new Uint8Array(32).fill(number))

/** Pages that were built, behind a limit of a few requests an address. */
function world() {
  const asked: ShardRequest[] = []
  const shards = {
    partitionCount: 64,
    request: (request: ShardRequest) => void asked.push(request),
  }
  const confirmed = { shards, checkPeriodMs: 60_000, onEnded: () => undefined }
  const sessions = new Sessions(confirmed)
  const keys = new Keys(confirmed)
  const rate = { perSecond: 0.001, burst }
  const callers = new HttpCallers({ sessions, keys, rate, origins: new Set(), publicUrl: '' })
  let handle: (response: HttpResponse, request: HttpRequest) => void = () => undefined
  const app = {
    get: (pattern: string, handler: typeof handle) => {
      if (pattern === '/*') handle = handler
    },
    head: () => undefined,
  }
  const files = { document: '<html><head></head></html>', files: new Map() }
  const frame = { log: silentLog(), addressOf: remoteAddressOf, origins: new Set<string>() }
  const pages = new Pages({ files, shards, callers, ...frame })
  pages.serve(app as unknown as TemplatedApp)
  const open = (token: string, path = '/') => {
    const headers = { accept: 'text/html', cookie: `rookery_session=${token}` }
    const { response, request, sent } = askedOf({ path, headers })
    handle(response, request)
    return sent
  }
  return { asked, sessions, open }
}

describe('a page', () => {
  test('has shards asked about cookies that nobody has confirmed only so often', () => {
    const { asked, open } = world()
    const pages = Array.from({ length: 20 }, (_, number) => open(tokenOf(number)))
    expect(asked).toHaveLength(burst)
    expect(pages.map(({ status }) => status).filter((status) => status === '429')).toHaveLength(
      20 - burst,
    )
  })

  test('is counted once, also where the cookie is nobody’s and a preview is asked for', () => {
    const { asked, open } = world()
    const pages = Array.from({ length: burst }, (_, number) => open(tokenOf(number), '/@ada'))
    for (const question of asked.splice(0)) question.failed(failure('unauthenticated'))
    expect(asked).toHaveLength(burst)
    for (const preview of asked) preview.failed(failure('unavailable'))
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => '200'))
    expect(open(tokenOf(9), '/@ada').status).toBe('429')
  })

  test('of somebody who is known is theirs, whatever their address has asked for', () => {
    const { sessions, open } = world()
    for (let number = 0; number < burst; number++) open(tokenOf(number))
    sessions.adopt(tokenOf(99), ada)
    expect(open(tokenOf(99)).status).toBe('200')
  })
})
