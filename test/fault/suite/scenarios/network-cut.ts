// The network between a shard and its Redis, or between the gateways and a shard: silent, reset, or open in
// one direction only; for a moment, and for longer than any deadline.

import { elapse } from '../../../helpers/eventually.ts'
import type { ProxyMode, TcpProxy } from '../../../helpers/tcp-proxy.ts'
import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { longest, Trial } from '../trial.ts'

type Link = 'redis' | 'shard'
type Cut = { readonly mode: Exclude<ProxyMode, 'open'>; readonly ms: number }

const cuts: readonly Cut[] = [
  { mode: 'one-way', ms: 1_000 },
  { mode: 'blackhole', ms: 1_000 },
  { mode: 'reset', ms: 1_000 },
  { mode: 'blackhole', ms: 5_000 },
  { mode: 'one-way', ms: 5_000 },
  { mode: 'reset', ms: 5_000 },
]
const healedWithinMs = 30_000
/** A cut that stops the writes for less than this was none. */
const feltMs = 300

export const networkToRedis = networkCut('redis', 'between a shard and Redis')
export const networkToShard = networkCut('shard', 'between gateways and a shard')

function networkCut(link: Link, where: string): Scenario {
  return {
    name: `network-${link}`,
    fault: `network cut ${where}: blackhole, reset, one-way; 1 s and 5 s`,
    promise: 'invariants hold, healed within 3 s',
    rounds: { short: 1, full: cuts.length },
    goals: [
      { figure: 'healedMs', worstBelow: 3_000 },
      { figure: 'pauseMs', leastAbove: feltMs },
    ],
    run: (round, context) => run(context, { link, cut: cuts[round % cuts.length] as Cut }),
  }
}

async function run(
  context: RoundContext,
  { link, cut }: { link: Link; cut: Cut },
): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ proxies: [link] }))
  const trial = await Trial.begin({ deployment, context })
  const victim = `shard-${context.round % 2}`
  const { redisProxy, shardProxy } = deployment.shard(victim)
  const proxy = (link === 'redis' ? redisProxy : shardProxy) as TcpProxy
  try {
    const touched = [...(await deployment.epochsServed(victim)).keys()]
    if (proxy.connectionCount === 0) throw new Error('nothing goes through the proxy')
    const cutAtMs = performance.now()
    proxy.mode = cut.mode
    await elapse(cut.ms)
    const fromMs = performance.now()
    proxy.mode = 'open'
    const healedMs = await trial.untilWritingAgain({ fromMs, withinMs: healedWithinMs })
    const pauseMs = longest(trial.pausesSince(cutAtMs, touched))
    const kind = `${cut.mode} ${cut.ms} ms`
    return { ...(await trial.finish()), cut: kind, healedMs, pauseMs, touched: touched.length }
  } finally {
    proxy.mode = 'open'
    trial.close()
  }
}
