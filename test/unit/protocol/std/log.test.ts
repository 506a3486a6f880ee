import { expect, test } from 'vitest'
import { makeLog } from '../../../../protocol/std/log.ts'

function logInto(lines: string[]) {
  const destination = { write: (line: string) => void lines.push(line) }
  return makeLog({ name: 'shard-0', level: 'info', isPretty: false, destination })
}

test('a line is one JSON object that says when, who and what', () => {
  const lines: string[] = []
  logInto(lines).info({ partitions: 32 }, 'ready')
  const line = JSON.parse(lines[0]!) as Record<string, unknown>
  expect(line).toMatchObject({ name: 'shard-0', level: 30, partitions: 32, msg: 'ready' })
  expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
})

test('tokens, passwords, cookies and texts of tweets are never written, however deep they stand', () => {
  const lines: string[] = []
  const log = logInto(lines)
  const secret = 'hush-hush'
  log.info({ token: secret, params: { password: secret, text: secret } }, 'request')
  log.info({ request: { headers: { authorization: secret, cookie: secret } } }, 'upgrade')
  log.error({ err: Object.assign(new Error('no'), { token: secret }) }, 'failed')
  expect(lines).toHaveLength(3)
  expect(lines.join('')).not.toContain(secret)
})

test('a level that is off costs nothing and writes nothing', () => {
  const lines: string[] = []
  logInto(lines).debug('hidden')
  expect(lines).toEqual([])
})
