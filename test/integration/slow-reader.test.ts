// A client on a slow line against the real native layer, which ends a connection that takes nothing for 10 s: and takes
// for nothing whatever is less than a third of the kernel's buffer.

import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { Exchange } from '../../server/http/exchange.ts'
import { listen, makeApp } from '../../server/listener.ts'
import { elapse } from '../helpers/eventually.ts'

const chunkBytes = 64 * 1024
/** More than all buffers on the way hold. */
const bodyBytes = 512 * chunkBytes
/** Longer than the native layer waits, by its clock of 4 s. */
const slowForMs = 13_000

function* zeros() {
  for (let sent = 0; sent < bodyBytes; sent += chunkBytes) yield Buffer.alloc(chunkBytes)
}

test('a reader of 30 KB a second gets all of a large file', async () => {
  const app = makeApp()
  app.get('/*', (response, request) => {
    const answer = { status: 200, contentType: 'video/mp4', bytes: bodyBytes }
    new Exchange(response, request).answerFrom(Readable.from(zeros()), answer)
  })
  const listening = await listen(app, { host: '127.0.0.1', port: 0, isPortShared: false })
  const socket = connect(listening!.port, '127.0.0.1')
  let readBytes = 0
  const take = (bytes?: number): void => {
    readBytes += (socket.read(bytes) as Buffer | null)?.length ?? 0
  }
  socket.write('GET /film HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket, 'readable')
  for (const endMs = performance.now() + slowForMs; performance.now() < endMs; ) {
    take(3 * 1024)
    await elapse(100)
  }
  expect(readBytes).toBeLessThan(bodyBytes / 2)
  socket.on('readable', () => take())
  await once(socket, 'end')
  expect(readBytes).toBeGreaterThan(bodyBytes)
  app.close()
})
