// Answers without a body, byte for byte: browsers forgive them a length, and proxies do not (RFC 9110, 8.6).

import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { AnswerOptions } from '../../server/http/exchange.ts'
import { Exchange } from '../../server/http/exchange.ts'
import { listen, makeApp } from '../../server/listener.ts'

async function headOf(method: string, answer: AnswerOptions): Promise<string> {
  const app = makeApp()
  app.any('/*', (response, request) => new Exchange(response, request).answer(answer))
  const listening = await listen(app, { host: '127.0.0.1', port: 0, isPortShared: false })
  const socket = connect(listening!.port, '127.0.0.1')
  let text = ''
  socket.write(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
  for await (const data of socket) {
    text += (data as Buffer).toString('latin1')
    if (text.includes('\r\n\r\n')) break
  }
  app.close()
  return text
}

test.each([204, 304])('an answer of %i says nothing of a length', async (status) => {
  expect(await headOf('GET', { status })).not.toMatch(/content-length/i)
})

test('what a HEAD does not send has the length that it has, known by its body or told', async () => {
  expect(await headOf('HEAD', { status: 200, body: 'four' })).toMatch(/content-length: 4\r\n/i)
  expect(await headOf('HEAD', { status: 200, bytes: 7 })).toMatch(/content-length: 7\r\n/i)
})

test('an answer without a body that ends its connection has the length 0', async () => {
  expect(await headOf('GET', { status: 400, isLast: true })).toMatch(/content-length: 0\r\n/i)
})
