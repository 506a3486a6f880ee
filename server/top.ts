// `npm run top`: the operators' console in a terminal. It asks the admin port of one gateway each second
// for what /console shows, and draws it over what was there. Ctrl-C ends it.
//
//   ROOKERY_OPERATOR_TOKEN=… npm run top -- http://127.0.0.1:9101 [--once]

import { setTimeout as pause } from 'node:timers/promises'
import { silentLog } from '../protocol/std/log.ts'
import { runProcess, StartError } from '../protocol/std/run.ts'
import type { ConsoleData } from './console/sample.ts'
import { linesOf } from './console/terminal.ts'
import type { TopOptions } from './top-settings.ts'
import { readTopOptions } from './top-settings.ts'

const everyMs = 1_000
const answerMsMax = 3_000
const enterScreen = '\u001b[?1049h\u001b[?25l'
const leaveScreen = '\u001b[?25h\u001b[?1049l'
/** To the first line; and what is left of an older, longer text is cleared. */
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

runProcess(async (context) => {
  const options = readTopOptions(context.argv, context.env)
  const log = silentLog()
  // The first look tells whether address and token are right, before the screen is taken.
  const first = await look(options)
  if (options.isOnce || !context.isTerminal) {
    for (const line of linesOf(first, { columns: 200, rows: 200, isColoured: false })) {
      context.print(line)
    }
    context.end('shown')
    return { log, drain: async () => undefined }
  }
  const ended = new AbortController()
  process.stdout.write(enterScreen)
  void watch(options, ended.signal)
  return {
    log,
    drain: async () => {
      ended.abort()
      process.stdout.write(leaveScreen)
    },
  }
})

async function watch(options: TopOptions, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const lines = await lookOrSay(options)
    if (ended.aborted) return
    const drawn = lines.map((line) => `${line}${clearLine}`).join('\n')
    process.stdout.write(`${home}${drawn}${clearBelow}`)
    await pause(everyMs)
  }
}

async function lookOrSay(options: TopOptions): Promise<string[]> {
  const { columns = 100, rows = 40 } = process.stdout
  try {
    return linesOf(await look(options), { columns, rows, isColoured: true })
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

async function look({ url, token }: TopOptions): Promise<ConsoleData> {
  const answer = await ask(url, token)
  if (answer.status === 401 || answer.status === 403) {
    throw new StartError(`${url} does not know this token: set ROOKERY_OPERATOR_TOKEN to its own.`)
  }
  if (!answer.ok) {
    throw new StartError(`${url} has no console: is it the admin port of a gateway with a token?`)
  }
  return (await answer.json()) as ConsoleData
}

async function ask(url: string, token: string): Promise<Response> {
  try {
    return await fetch(`${url}/console/data?since=${Number.MAX_SAFE_INTEGER}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMsMax),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`${url} does not answer (${reason}): is a gateway there?`)
  }
}
