// Keeps every process from writing while one of them opens the embedded log.
//
// Why: a process that opens an LMDB environment while another one commits can set the shared
// number of the newest transaction back, and the next writer then builds on the one before: a
// commit that was answered is gone (LMDB's ITS#9496, present in lmdb 3.5.6). So who wants to open
// puts up a sign and waits until nobody writes; who wants to write looks for signs first. Like a
// level crossing: the barrier goes down, the cars that are on it drive off, then the train comes.
//
//   openings/<process>   this process wants to open, or does so now
//   writers/<process>    one byte: 1 while this process has writes under way, else 0
//
// A writer first shows that it writes and then looks for a sign; an opener first puts up its sign
// and then looks for writers. So at least one of two sees the other. Nobody waits for the dead: the
// name tells the process, `<number>-<start>-<random>`. Who lives and opens is waited for as long as their sign
// changes, which they see to; a write waits for some seconds at most. The files belong to one boot of the machine.

import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LogUnavailable } from '../log.ts'
import { Patience, patienceMs } from './embedded-patience.ts'
import { isRunning, thisProcess } from './embedded-process.ts'

const lookAgainMs = 1
const renewMs = 500
/** Openers that meet draw lots for who tries again first. */
const stepBackMsMax = 20
const idle = Buffer.from('0')
const writing = Buffer.from('1')

type Waiting = {
  readonly deadlineMs: number
  resolve(): void
  reject(error: unknown): void
}

export class OpeningGate {
  readonly #openings: string
  readonly #writers: string
  readonly #name = newName()
  readonly #descriptor: number
  /** Writes under way in this process. */
  #writeCount = 0
  /** Whether no sign was up in this turn of the event loop, since the first of these writes. */
  #isKnownFree = false
  /** Writes that wait until no sign is up: all share one look. */
  #waiting: Waiting[] = []
  #renewedAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false

  /** @param directory holds the signs: the same for all processes that open the same log. */
  constructor(directory: string) {
    this.#openings = join(directory, 'openings')
    this.#writers = join(directory, 'writers')
    mkdirSync(this.#openings, { recursive: true })
    mkdirSync(this.#writers, { recursive: true })
    this.#descriptor = openSync(join(this.#writers, this.#name), 'wx')
    this.#show(idle)
  }

  /**
   * Runs `open` while no process writes and no other one opens.
   * @param open calls `goesOn` now and then, as often as it likes, so that others go on waiting
   * @throws LogUnavailable where another process does not come to an end.
   */
  async whileNobodyWrites<Value>(open: (goesOn: () => void) => Promise<Value>): Promise<Value> {
    const sign = join(this.#openings, this.#name)
    try {
      await this.#putUpSign(sign)
      await this.#untilNobodyWrites()
      return await open(() => this.#renew(sign))
    } finally {
      rmSync(sign, { force: true })
    }
  }

  /** Runs `write` while no process opens. */
  async whileNobodyOpens<Value>(write: () => Promise<Value>): Promise<Value> {
    if (!this.#tryEnter()) await this.#waitToEnter()
    try {
      return await write()
    } finally {
      this.#leave()
    }
  }

  close(): void {
    this.#isClosed = true
    closeSync(this.#descriptor)
    rmSync(join(this.#writers, this.#name), { force: true })
  }

  /** Others see by the time of the file that this process goes on. */
  #renew(sign: string): void {
    const nowMs = performance.now()
    if (nowMs - this.#renewedAtMs < renewMs) return
    this.#renewedAtMs = nowMs
    const time = new Date()
    utimesSync(sign, time, time)
  }

  async #putUpSign(sign: string): Promise<void> {
    const patience = new Patience()
    for (;;) {
      writeFileSync(sign, '')
      const others = livingIn(this.#openings).filter((name) => name !== this.#name)
      if (others.length === 0) return
      rmSync(sign)
      patience.check(this.#openings, others, 'keeps opening')
      await delay(1 + Math.random() * stepBackMsMax)
    }
  }

  async #untilNobodyWrites(): Promise<void> {
    const patience = new Patience()
    for (;;) {
      const busy = livingIn(this.#writers).filter((name) => isWriting(join(this.#writers, name)))
      if (busy.length === 0) return
      patience.check(this.#writers, busy, 'does not end its write')
      await delay(lookAgainMs)
    }
  }

  /** Not for as long as an opening goes on: a write that waits has to be answered. */
  async #waitToEnter(): Promise<void> {
    const deadlineMs = performance.now() + patienceMs
    do {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (this.#waiting.push({ deadlineMs, resolve, reject }) === 1) void this.#watchOpenings()
      await promise
    } while (!this.#tryEnter())
  }

  /** Goes on for as long as a write waits. */
  async #watchOpenings(): Promise<void> {
    for (;;) {
      this.#look()
      if (this.#waiting.length === 0) return
      await delay(lookAgainMs)
    }
  }

  #look(): void {
    const waiting = this.#waiting
    this.#waiting = []
    try {
      const others = livingIn(this.#openings)
      const nowMs = performance.now()
      for (const write of waiting) {
        if (others.length === 0) write.resolve()
        else if (nowMs < write.deadlineMs) this.#waiting.push(write)
        else write.reject(keepsOpening(this.#openings, others))
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #tryEnter(): boolean {
    this.#writeCount++
    if (this.#writeCount === 1) this.#show(writing)
    if (this.#isKnownFree) return true
    if (livingIn(this.#openings).length > 0) {
      this.#leave()
      return false
    }
    // Others may put up a sign from now on, but they see that this process writes, and wait. The
    // answer serves this turn only: else a steady stream of writes would keep them out for good.
    this.#isKnownFree = true
    setImmediate(() => {
      this.#isKnownFree = false
    })
    return true
  }

  #leave(): void {
    this.#writeCount--
    if (this.#writeCount > 0) return
    this.#isKnownFree = false
    this.#show(idle)
  }

  #show(state: Buffer): void {
    if (!this.#isClosed) writeSync(this.#descriptor, state, 0, 1, 0)
  }
}

function keepsOpening(openings: string, others: readonly string[]): LogUnavailable {
  const names = others.join(', ')
  return new LogUnavailable(`${openings}: ${names} keeps opening: waited ${patienceMs} ms.`)
}

/** One process may open several logs, and each has a file of its own. */
function newName(): string {
  const { pid, startedAt } = thisProcess
  return `${pid}-${startedAt}-${Math.random().toString(36).slice(2)}`
}

/** The names in a directory whose processes live; those of the dead are removed. */
function livingIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => {
    const [pid, startedAt] = name.split('-').map(Number)
    // A release before this one did not name the start: what it has left stands for any process of the number.
    if (isRunning({ pid: pid as number, startedAt: startedAt || 0 })) return true
    rmSync(join(directory, name), { force: true })
    return false
  })
}

function isWriting(path: string): boolean {
  try {
    return readFileSync(path).equals(writing)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
