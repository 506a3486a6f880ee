import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Exchange } from '../../../../server/http/exchange.ts'
import { ClientGone, Inlet } from '../../../../server/media/inlet.ts'
import {
  chunkBytes,
  uploadBytesPerSecondMin,
  uploadSilenceTimeoutMs,
  waitingChunksMax,
} from '../../../../server/media/limits.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

/** An exchange whose body a test sends. */
class FakeExchange {
  isOver = false
  isPaused = false
  onData: (chunk: ArrayBuffer, isLast: boolean) => void = () => undefined
  readonly #listeners: (() => void)[] = []
  readonly response = {
    onData: (handler: FakeExchange['onData']) => {
      this.onData = handler
    },
  }
  pauseBody(): void {
    this.isPaused = true
  }
  resumeBody(): void {
    this.isPaused = false
  }
  onOver(listener: () => void): void {
    this.#listeners.push(listener)
  }
  end(): void {
    this.isOver = true
    for (const listener of this.#listeners) listener()
  }
}

function open() {
  const exchange = new FakeExchange()
  const directory = temporaryDirectory()
  const inlet = new Inlet(exchange as unknown as Exchange, directory)
  const files = () =>
    readdirSync(directory, { recursive: true }).filter((name) => name !== 'incoming')
  return { exchange, inlet, files }
}

async function digestOf(inlet: Inlet): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of inlet.chunks()) hash.update(chunk)
  return hash.digest('hex')
}

describe('an inlet', () => {
  test('keeps what the native layer takes back, and asks it to wait', async () => {
    const { exchange, inlet } = open()
    const sent = new Uint8Array(chunkBytes).fill(7)
    exchange.onData(sent.buffer, false)
    expect(exchange.isPaused).toBe(true)
    sent.fill(0)
    const chunks = inlet.chunks()
    const { value } = await chunks.next()
    expect(value?.every((byte: number) => byte === 7)).toBe(true)
    const next = chunks.next()
    await Promise.resolve()
    expect(exchange.isPaused, 'all is taken').toBe(false)
    exchange.onData(new ArrayBuffer(0), true)
    expect((await next).done).toBe(true)
    exchange.end()
  })

  test('keeps the order of what does not fit into memory, and nothing of it afterwards', async () => {
    const { exchange, inlet, files } = open()
    const hash = createHash('sha256')
    for (let number = 0; number < waitingChunksMax + 20; number++) {
      const chunk = new Uint8Array(number % 3 === 0 ? 1_000 : 60_000).fill(number)
      hash.update(chunk)
      exchange.onData(chunk.buffer, number === waitingChunksMax + 19)
    }
    expect(files()).toHaveLength(1)
    expect(await digestOf(inlet)).toBe(hash.digest('hex'))
    exchange.end()
    expect(files()).toEqual([])
  })

  test('tells whoever reads that the client is gone', async () => {
    const { exchange, inlet, files } = open()
    const read = digestOf(inlet)
    exchange.onData(new ArrayBuffer(10), false)
    exchange.end()
    await expect(read).rejects.toThrow(ClientGone)
    expect(files()).toEqual([])
  })

  test('does not keep a place for who sends a byte now and then', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { exchange, inlet, files } = open()
    const read = digestOf(inlet).catch((error: Error) => error.message)
    let sends = 0
    const stepMs = uploadSilenceTimeoutMs / 2
    for (; sends < 3; sends++) {
      exchange.onData(new ArrayBuffer(100), false)
      await vi.advanceTimersByTimeAsync(stepMs)
    }
    exchange.onData(new ArrayBuffer(100), false)
    expect(await read).toContain('did not arrive in time')
    exchange.end()
    expect(files()).toEqual([])
  })

  test('waits for a slow line that goes on', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { exchange, inlet } = open()
    const read = digestOf(inlet)
    for (let seconds = 0; seconds < 120; seconds++) {
      exchange.onData(new ArrayBuffer(2 * uploadBytesPerSecondMin), seconds === 119)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(await read).toHaveLength(64)
    exchange.end()
  })

  test('of somebody who is refused before anybody reads leaves nothing', () => {
    const { exchange, files } = open()
    for (let number = 0; number < waitingChunksMax + 5; number++) {
      exchange.onData(new ArrayBuffer(100), false)
    }
    exchange.end()
    expect(files()).toEqual([])
    const other = open()
    other.exchange.onData(new ArrayBuffer(100), false)
    expect(other.files(), 'the memory is there again').toEqual([])
    other.exchange.end()
  })
})
