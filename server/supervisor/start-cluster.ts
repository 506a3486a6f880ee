// From the environment to a running cluster: settings, supervisor, and the words for the person who
// started it.

import { resolve } from 'node:path'
import { makeLog } from '../../protocol/std/log.ts'
import type { ProcessContext, Running } from '../../protocol/std/run.ts'
import { readSettings, refuseUnknown } from '../../protocol/std/settings.ts'
import type { ClusterSettings } from './cluster-settings.ts'
import { clusterSettings } from './cluster-settings.ts'
import type { ClusterSummary } from './supervisor.ts'
import { Supervisor } from './supervisor.ts'

/**
 * Starts the supervisor; the processes come up behind it and are announced when all are ready.
 * @param modules the files that gateways and shards run
 */
export async function startCluster(
  context: ProcessContext,
  modules: { readonly gateway: string; readonly shard: string },
): Promise<Running> {
  refuseUnknown([clusterSettings], context.env)
  const settings = readSettings(clusterSettings, context.env)
  const log = makeLog({
    name: 'supervisor',
    level: settings.logLevel,
    isPretty: context.isTerminal,
  })
  const supervisor = new Supervisor({
    settings,
    env: context.env,
    platform: context.platform,
    modules,
    log,
    onReady: (summary) => context.print(welcome(summary, settings)),
    onRefused: (error) => context.fail(error),
    onStderr: (text) => context.printError(text),
  })
  await supervisor.start()
  return { log, drain: () => supervisor.stop(), abandon: () => supervisor.kill() }
}

/** What a person reads when the cluster is up: where to go, where to look, how to stop it. */
export function welcome(summary: ClusterSummary, settings: ClusterSettings): string {
  const host = shownHost(summary.host)
  const nameWidth = Math.max(...summary.admin.map(({ name }) => name.length))
  const rows: [string, string][] = [
    ...summary.ports.flatMap((port): [string, string][] => [
      ['HTTP', `http://${host}:${port}`],
      ['WebSocket', `ws://${host}:${port}/v1/live`],
    ]),
    ...logRows(settings),
    ...consoleRows(summary, settings),
    ...summary.admin.map(({ name, port }, index): [string, string] => [
      index === 0 ? 'Metrics' : '',
      `${name.padEnd(nameWidth)}  http://${shownHost(settings.adminHost)}:${port}/metrics`,
    ]),
  ]
  const lines = rows.map(([label, text]) => `  ${label.padEnd(11)}${text}`)
  return ['', 'Rookery is ready.', '', ...lines, '', 'Ctrl-C drains and stops it.', ''].join('\n')
}

function consoleRows({ admin }: ClusterSummary, settings: ClusterSettings): [string, string][] {
  const gateway = admin.find(({ name }) => name.startsWith('gateway'))
  if (gateway === undefined) return []
  if (settings.operatorToken === '') return [['Console', 'off: set ROOKERY_OPERATOR_TOKEN']]
  return [['Console', `http://${shownHost(settings.adminHost)}:${gateway.port}/console`]]
}

function logRows(settings: ClusterSettings): [string, string][] {
  // The address may hold a password, so it is not shown.
  if (settings.redisUrl !== '') return [['Log', 'Redis']]
  return [
    ['Log', 'embedded, on this machine'],
    ['Data', resolve(settings.dataDirectory)],
  ]
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
