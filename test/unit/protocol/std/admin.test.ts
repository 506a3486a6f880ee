import { Counter, Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import type { AdminOptions } from '../../../../protocol/std/admin.ts'
import { startAdmin } from '../../../../protocol/std/admin.ts'
import { measureEventLoopLag } from '../../../../protocol/std/event-loop-lag.ts'
import { StartError } from '../../../../protocol/std/run.ts'

async function admin(options: Partial<AdminOptions> = {}) {
  const started = await startAdmin({
    host: '127.0.0.1',
    port: 0,
    register: new Registry(),
    isReady: async () => undefined,
    ...options,
  })
  onTestFinished(() => started.close())
  return { port: started.port, url: `http://127.0.0.1:${started.port}` }
}

test('a process is alive as long as it answers, and ready only where it says so', async () => {
  let reason: string | undefined = 'shard-1 is not connected'
  const { url } = await admin({ isReady: async () => reason })
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  const notReady = await fetch(`${url}/readyz`)
  expect([notReady.status, await notReady.text()]).toEqual([503, 'shard-1 is not connected\n'])
  reason = undefined
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
})

test('a readiness check that throws means not ready, with its reason', async () => {
  const { url } = await admin({ isReady: () => Promise.reject(new Error('log away')) })
  const answer = await fetch(`${url}/readyz`)
  expect([answer.status, await answer.text()]).toEqual([
    503,
    'the readiness check failed: log away\n',
  ])
})

test('metrics come as Prometheus reads them, the lag of the event loop among them', async () => {
  const register = new Registry()
  new Counter({ name: 'rookery_things_total', help: 'Things.', registers: [register] }).inc(3)
  const lag = measureEventLoopLag(register)
  onTestFinished(() => lag.close())
  const { url } = await admin({ register })
  const answer = await fetch(`${url}/metrics`)
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toContain('text/plain')
  expect(text).toContain('rookery_things_total 3')
  expect(text).toMatch(/rookery_event_loop_lag_seconds\{quantile="0.99"\} \d/)
})

test('only GET and HEAD are answered, and an unknown page names those that exist', async () => {
  const { url } = await admin({ routes: { '/partitions': () => ({ body: '[]' }) } })
  expect((await fetch(`${url}/livez`, { method: 'POST' })).status).toBe(405)
  const head = await fetch(`${url}/livez`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(await (await fetch(`${url}/partitions`)).text()).toBe('[]')
  const missing = await fetch(`${url}/nothing`)
  expect(missing.status).toBe(404)
  expect(await missing.text()).toContain('/partitions')
})

test('what may be sent is taken from whoever has the token, within its size, and by POST alone', async () => {
  const heard: string[] = []
  const { url } = await admin({
    posts: {
      '/operations/greet': {
        bytesMax: 8,
        isAllowed: (authorization) => authorization === 'Bearer right',
        answer: async (body) => {
          heard.push(body.toString())
          if (heard.length > 1) throw new Error('once is enough')
          return { contentType: 'application/msgpack', body: Uint8Array.of(0xc0) }
        },
      },
    },
  })
  const send = (body: string, authorization: string) =>
    fetch(`${url}/operations/greet`, { method: 'POST', headers: { authorization }, body })
  expect((await send('hello', 'Bearer wrong')).status).toBe(403)
  expect((await send('far too long', 'Bearer right')).status).toBe(413)
  expect(heard).toEqual([])
  const answer = await send('hello', 'Bearer right')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/msgpack')
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0xc0])
  expect((await send('again', 'Bearer right')).status).toBe(500)
  const got = await fetch(`${url}/operations/greet`)
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
})

test('a port in use is told in one sentence that says what to do', async () => {
  const { port } = await admin()
  const error = await admin({ port }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StartError)
  expect((error as Error).message).toBe(
    `Port ${port} on 127.0.0.1 is in use, so the admin server cannot listen there: stop the other program or choose another port.`,
  )
})
