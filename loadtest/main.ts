// `npm run load -- SCENARIO [--options]`: load and truth from outside, through the public wire only.
//
// Exit codes: 0 all is right, 1 something is wrong with the server or the run, 2 with the command line.

import { CallFailure } from './client/client.ts'
import { Launcher } from './cluster/cluster.ts'
import { describeOptions, readOptions, UsageError } from './options.ts'
import { writeHtml } from './report/html.ts'
import { finishRun, makeReport, writeJson } from './report/report.ts'
import type { AnyScenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'

const launcher = new Launcher({
  env: process.env,
  printError: (text) => void process.stderr.write(text),
})

const usage = 'npm run load -- SCENARIO [--options]'

async function main(given: readonly string[]): Promise<number> {
  const [name, ...rest] = given
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(overview())
    return name === undefined ? 2 : 0
  }
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) {
    throw new UsageError(`there is no scenario "${name}": ${names()}`)
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    print(describe(scenario))
    return 0
  }
  const options = readOptions(scenario.options, rest)
  const report = makeReport({ isTerminal: process.stdout.isTTY === true, print })
  const outcome = await scenario.run(options as never, { report, launcher })
  const { json, html } = options as { json?: string; html?: string }
  const finished = finishRun({ scenario: name, options, outcome })
  if (json !== undefined) writeJson(json, finished)
  if (html !== undefined) writeHtml(html, finished)
  return outcome.isRight ? 0 : 1
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function names(): string {
  return `choose ${scenarios.map((scenario) => scenario.name).join(', ')}`
}

function overview(): string {
  const described = scenarios.map(describe)
  return [usage, '', ...described, ''].join('\n')
}

function describe(scenario: AnyScenario): string {
  const options = describeOptions(scenario.options).map((line) => `  ${line}`)
  return [`${scenario.name}: ${scenario.summary}`, ...options, ''].join('\n')
}

// A run that is broken off leaves no cluster of its own behind.
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void launcher.stop().then(() => process.exit(exitCode)))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof UsageError
  const isExpected = isUsage || error instanceof CallFailure || error instanceof RangeError
  const text = error instanceof Error && !isExpected ? error.stack : String(error)
  process.stderr.write(`${text}\n${isUsage ? `${usage}, or --help\n` : ''}`)
  process.exitCode = isUsage ? 2 : 1
}
