// `npm run test:digests [-- --operations N --seed N]`: the digest run in its long form, a million
// operations unless told otherwise. Exit codes: 0 all hosts held the same all the time, 1 they did not, 2 with
// the command line.

import { inspect, parseArgs } from 'node:util'
import type { Figures } from './run.ts'
import { runDigests, writingOperations } from './run.ts'

const compareEvery = 10_000
const usage = `npm run test:digests [-- --operations N --seed N]
  --operations  how many are written to the log (1000000)
  --seed        repeats an earlier run`

async function main(args: string[]): Promise<number> {
  const options = {
    operations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
  } as const
  const { operations, seed } = parseArgs({ args, options }).values
  if (!/^[1-9]\d{0,8}$/.test(operations) || !/^\d{1,10}$/.test(seed)) {
    print(usage)
    return 2
  }
  print(`seed ${seed}`)
  const startedAtMs = performance.now()
  const seconds = () => (performance.now() - startedAtMs) / 1000
  try {
    const figures = await runDigests({
      operations: Number(operations),
      seed: Number(seed),
      compareEvery,
      onComparison: (so) => print(`${seconds().toFixed(1).padStart(7)} s  ${lineOf(so)}`),
    })
    print(tableOf(figures))
    const missing = writingOperations().filter((name) => !figures.byOperation.has(name))
    for (const name of missing) print(`PROBLEM nobody did ${name}`)
    return missing.length === 0 ? 0 : 1
  } catch (error) {
    print(`PROBLEM ${inspect(error)}`)
    return 1
  }
}

function lineOf({ operations, digests, answers, users, tweets, edges }: Figures): string {
  const equal = `${digests} digests and ${answers} answers equal`
  return `${operations} operations, ${equal}; ${users} users, ${tweets} tweets, ${edges} follows`
}

function tableOf({ byOperation, ...figures }: Figures): string {
  const counts = [...byOperation].sort(([, left], [, right]) => right - left)
  const lines = [...Object.entries(figures), ...counts]
  return lines.map(([name, count]) => `${name.padEnd(18)} ${String(count).padStart(9)}`).join('\n')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main(process.argv.slice(2))
