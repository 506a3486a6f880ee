// The scenarios http and soak in a form of seconds, against real processes: they work, and what they
// check holds. How fast anything was is nobody's business here.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Launcher } from '../../loadtest/cluster/cluster.ts'
import { mixNamed } from '../../loadtest/http/mix.ts'
import { readOptions, UsageError } from '../../loadtest/options.ts'
import { writeHtml } from '../../loadtest/report/html.ts'
import { finishRun, makeReport, writeJson } from '../../loadtest/report/report.ts'
import type { AnyScenario } from '../../loadtest/scenario.ts'
import { http } from '../../loadtest/scenarios/http.ts'
import { soak } from '../../loadtest/scenarios/soak.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const cluster = sharedCluster()

async function run(scenario: AnyScenario, given: readonly string[]) {
  const lines: string[] = []
  const report = makeReport({ isTerminal: false, print: (line) => lines.push(line) })
  const launcher = new Launcher({ env: {}, printError: (text) => lines.push(text) })
  const options = readOptions(scenario.options, [...given, '--url', cluster().liveUrl])
  const outcome = await scenario.run(options as never, { report, launcher })
  const text = lines.join('\n')
  return { run: finishRun({ scenario: scenario.name, options, outcome }), outcome, text }
}

const small = ['--users', '12', '--follows', '4', '--tweets', '60']
const short = [...small, '--seconds', '1', '--warm-up', '0', '--check-every', '1']

describe('http', () => {
  test.each(['deathstar', 'retwis', 'read-heavy'])(
    'serves the mix %s without an error',
    async (name) => {
      const { outcome, text } = await run(http, [...short, '--connections', '6', '--mix', name])
      expect(outcome.isRight, text).toBe(true)
      const asked = outcome.recording?.kinds
        .filter(({ count }) => count > 0)
        .map((kind) => kind.name)
      // The one write of read-heavy is somewhere in a deck of 281 cards.
      for (const kind of asked ?? []) expect(Object.keys(mixNamed(name))).toContain(kind)
      expect(asked?.length).toBeGreaterThan(0)
    },
  )

  test('keeps to a rate, and writes what it saw as JSON and as a page', async () => {
    const found = await run(http, [...short, '--seconds', '2', '--mix', 'post', '--rate', '40'])
    expect(found.outcome.isRight, found.text).toBe(true)
    const { sent, skipped } = found.outcome.figures as { sent: number; skipped: number }
    expect(sent + skipped).toBeLessThanOrEqual(120)
    const directory = temporaryDirectory('load-http')
    const [json, html] = [join(directory, 'run.json'), join(directory, 'run.html')]
    writeJson(json, found.run)
    writeHtml(html, found.run)
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      scenario: 'http',
      isRight: true,
    })
    expect(existsSync(html)).toBe(true)
  })

  test('refuses a mix that nobody knows', async () => {
    const given = [...short, '--mix', 'nobody']
    await expect(run(http, given)).rejects.toThrow(UsageError)
  })
})

test('soak sees every push once, comes and goes, and reads how each process feels', async () => {
  const metrics = ['gateway-0', 'shard-0', 'shard-1']
    .map((name) => `http://127.0.0.1:${cluster().portsOf(name).adminPort}`)
    .join(',')
  const { outcome, text } = await run(soak, [
    ...small,
    ...['--watchers', '6', '--minutes', '0.1', '--read-every', '0.5', '--metrics', metrics],
    ...['--http-rate', '60', '--live-posts', '10', '--live-reads', '10', '--leave', '4'],
  ])
  expect(outcome.isRight, text).toBe(true)
  const { readings } = outcome.figures as { readings: Record<string, readonly object[]> }
  expect(Object.keys(readings)).toHaveLength(3)
  for (const ofOne of Object.values(readings)) {
    expect(ofOne.at(-1)).toMatchObject({
      residentBytes: expect.any(Number),
      heapBytes: expect.any(Number),
      lagSeconds: expect.any(Number),
    })
  }
  const names = outcome.recording?.kinds.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['live push', 'live tweet.post', 'home', 'post']))
})
