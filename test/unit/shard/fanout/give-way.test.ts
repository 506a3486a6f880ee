import { once } from 'node:events'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const program = `
  import { getPriority } from 'node:os'
  import { parentPort, workerData } from 'node:worker_threads'
  const { giveWay } = await import(workerData)
  giveWay()
  parentPort.postMessage(getPriority())`

test('a thread goes behind the others of its process, where threads have a priority', async () => {
  const before = getPriority()
  const module = new URL('../../../../shard/fanout/give-way.ts', import.meta.url)
  const source = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  const worker = new Worker(source, { workerData: module.href })
  const [priority] = await once(worker, 'message')
  const isLinux = process.platform === 'linux'
  expect(priority).toBe(isLinux ? Math.min(before + 5, 19) : before)
  expect(getPriority()).toBe(before)
})
