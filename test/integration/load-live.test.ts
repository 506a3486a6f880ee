// The scenarios of the swarm in a form of seconds, against real processes: they work, every push is where it
// belongs, once, and what they saw is written down. How fast anything was is nobody's business here.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Launcher } from '../../loadtest/cluster/cluster.ts'
import { readOptions, UsageError } from '../../loadtest/options.ts'
import type { Recording } from '../../loadtest/report/recording.ts'
import { makeReport } from '../../loadtest/report/report.ts'
import type { AnyScenario } from '../../loadtest/scenario.ts'
import { celebrity } from '../../loadtest/scenarios/celebrity.ts'
import { live } from '../../loadtest/scenarios/live.ts'
import { slow } from '../../loadtest/scenarios/slow.ts'
import { storm } from '../../loadtest/scenarios/storm.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const operatorToken = 'operator-of-the-swarm'
// A machine that does much else may keep a shard from prolonging its lease for a second.
const patience = { ROOKERY_LEASE_MS: '20000' }
const gentle = ['--posts', '10', '--reads', '20', '--profiles', '10', '--favorites', '5']
const short = [...gentle, '--warm-up', '0']

function countOf(recording: Recording, name: string): number {
  return recording.kinds.find((kind) => kind.name === name)?.count ?? 0
}

test('live: on a cluster of its own, with a page and figures at the end', async () => {
  const directory = temporaryDirectory('load-live')
  const [json, html] = [join(directory, 'run.json'), join(directory, 'run.html')]
  const program = fileURLToPath(new URL('../../loadtest/main.ts', import.meta.url))
  const given = ['--clients', '40', '--follows', '5', '--seconds', '3', '--from', '3']
  const files = ['--json', json, '--html', html]
  const child = spawn(process.execPath, [program, 'live', ...short, ...given, ...files], {
    env: { ...process.env, ...patience },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code, output).toBe(0)
  const written = JSON.parse(readFileSync(json, 'utf8')) as { recording: Recording }
  expect(written).toMatchObject({
    scenario: 'live',
    isRight: true,
    options: { clients: 40 },
    recording: { missed: 0, doubled: 0, errors: {} },
  })
  for (const name of ['push', 'post', 'home', 'profile']) {
    expect(countOf(written.recording, name), name).toBeGreaterThan(0)
  }
  expect(readFileSync(html, 'utf8')).toContain('<strong>Right</strong>')
})

describe('on a cluster that is there', () => {
  const cluster = sharedCluster({ env: { ROOKERY_OPERATOR_TOKEN: operatorToken, ...patience } })

  const doorOf = (name: string) => `http://127.0.0.1:${cluster().portsOf(name).adminPort}`

  async function run(scenario: AnyScenario, given: readonly string[]) {
    const lines: string[] = []
    const report = makeReport({ isTerminal: false, print: (line) => lines.push(line) })
    const launcher = new Launcher({
      env: { ROOKERY_OPERATOR_TOKEN: operatorToken },
      printError: (text) => lines.push(text),
    })
    const where = ['--url', cluster().liveUrl, '--admin', doorOf('gateway-0')]
    const options = readOptions(scenario.options, [...short, ...given, ...where])
    const outcome = await scenario.run(options as never, { report, launcher })
    const text = lines.join('\n')
    expect(outcome.isRight, text).toBe(true)
    return { figures: outcome.figures, recording: outcome.recording!, text }
  }

  test('live: those who lose their connection get what they missed, once', async () => {
    const { figures, recording } = await run(live, [
      ...['--clients', '30', '--follows', '5', '--seconds', '3', '--drops', '10'],
    ])
    expect(countOf(recording, 'resume')).toBe((figures as { drops: number }).drops)
    expect(countOf(recording, 'resume')).toBeGreaterThan(0)
  })

  test('storm: all come back and have missed nothing', async () => {
    const { recording, figures } = await run(storm, [
      ...['--clients', '60', '--authors', '6', '--follows', '3'],
      ...['--seconds', '1', '--rounds', '2', '--away', '500'],
    ])
    expect(countOf(recording, 'resume')).toBe(120)
    expect((figures as { rounds: object[] }).rounds).toHaveLength(2)
  })

  test('slow: who does not read is told so, and the others miss nothing', async () => {
    const { figures, text } = await run(slow, [
      ...['--clients', '30', '--follows', '5', '--share', '0.04'],
      ...['--seconds', '1', '--pause', '6', '--pages', '200'],
      ...['--metrics', ['gateway-0', 'shard-0', 'shard-1'].map(doorOf).join(',')],
    ])
    const { closed, memory } = figures as { closed: Record<string, number>; memory: object }
    expect(Object.keys((memory as { grownBytes: object }).grownBytes)).toHaveLength(3)
    expect((closed[4108] ?? 0) + (closed[1006] ?? 0), text).toBe(1)
  })

  test('celebrity: every socket gets every post', async () => {
    const { recording, figures } = await run(celebrity, [
      ...['--clients', '30', '--followers', '500', '--follows', '3'],
      ...['--seconds', '3', '--every', '0.5'],
    ])
    const { celebrityPosts } = figures as { celebrityPosts: number }
    expect(celebrityPosts).toBe(6)
    expect(countOf(recording, 'celebrity push')).toBe(celebrityPosts * 30)
    expect(countOf(recording, 'celebrity spread')).toBe(celebrityPosts)
  })

  test('memory is asked for only where it is looked at', () => {
    for (const { options } of [live, storm, celebrity] as readonly AnyScenario[]) {
      expect(() => readOptions(options, ['--metrics', doorOf('gateway-0')])).toThrow(UsageError)
    }
  })

  test('nobody is brought into a server without its operator', async () => {
    const report = makeReport({ isTerminal: false, print: () => undefined })
    const launcher = new Launcher({ env: {}, printError: () => undefined })
    const options = readOptions(live.options, ['--url', cluster().liveUrl])
    await expect(live.run(options, { report, launcher })).rejects.toThrow(UsageError)
  })
})
