// The gateway as a process of its own, started as a supervisor starts it.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

const modulePath = fileURLToPath(new URL('../../server/main.ts', import.meta.url))

export type Ended = { readonly code: number | null; readonly stderr: string }

export class GatewayProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #ready: { port: number; adminPort: number } | undefined
  #stderr = ''

  /** @param env settings; everything else is as in this process */
  constructor(env: Readonly<Record<string, string>>) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_'))
    this.child = fork(modulePath, {
      env: {
        ...Object.fromEntries(inherited),
        ROOKERY_PORT: '0',
        ROOKERY_LOG_LEVEL: 'error',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString()
    })
    this.child.on('message', (message: { type: string; port: number; adminPort: number }) => {
      if (message.type === 'ready') this.#ready = message
    })
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, stderr: this.#stderr }))
    })
  }

  /** The ports of the process, once it listens. */
  ready(): Promise<{ port: number; adminPort: number }> {
    return eventually(() => this.#ready, { withinMs: 30_000, elseDump: () => this.#stderr })
  }

  /** The value of one series of `/metrics`. */
  async metric(series: string): Promise<number> {
    const { adminPort } = await this.ready()
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
    return Number(line?.slice(series.length + 1))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
