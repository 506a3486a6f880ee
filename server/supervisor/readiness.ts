// Whether a process says that it can serve: its `/readyz`, asked over loopback.

import { setTimeout as pause } from 'node:timers/promises'
import { get } from '../../protocol/std/http.ts'

/** How long one question may take. */
const questionTimeoutMs = 2_000
/** The pause before the next question: a part of what the wait has taken, so that asking does not keep others from work. */
const pausePart = 1 / 50
const pauseMs = { min: 20, max: 100 }

/** Where a process answers operators. */
export type AdminAddress = { readonly host: string; readonly port: number }

/** @returns why the process cannot serve now; undefined where it can. */
export function whyNotReady(address: AdminAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: reachable(address.host),
        port: address.port,
        path: '/readyz',
        timeout: questionTimeoutMs,
        agent: false,
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve(response.statusCode === 200 ? undefined : body.trim()))
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', (error) => resolve(error.message))
  })
}

/**
 * Asks again and again until the process is ready.
 * @param options.isWanted asked before each question: the wait ends in vain where it says no
 */
export async function untilReady(
  address: () => AdminAddress | undefined,
  options: { readonly isWanted: () => boolean },
): Promise<void> {
  const startedAtMs = performance.now()
  while (options.isWanted()) {
    const place = address()
    if (place !== undefined && (await whyNotReady(place)) === undefined) return
    const wantedMs = (performance.now() - startedAtMs) * pausePart
    await pause(Math.min(pauseMs.max, Math.max(pauseMs.min, wantedMs)))
  }
}

/** An address to listen on is not always one to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
