// `npm run moderate -- COMMAND`: what operators do about accounts and tweets, over the admin port of a gateway.
//
// Exit codes: 0 it was done, 1 it was not, 2 something is wrong with the command line.

import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { RequestFailure } from '../protocol/errors.ts'
import { commands, describeCommands, UsageError } from './moderation/commands.ts'
import { OperatorClient } from './moderation/operator-client.ts'

const overview = [
  'npm run moderate -- COMMAND --url http://127.0.0.1:PORT [--by NAME]',
  '',
  ...describeCommands(),
  '',
  '--url is the admin port of a gateway; ROOKERY_OPERATOR_TOKEN is the token of the operators.',
  '--by is who acts, for the audit log: the name of this system account unless said otherwise.',
]

async function main(given: readonly string[]): Promise<number> {
  const { values, positionals } = read(given)
  const [name, ...words] = positionals
  if (name === undefined || values.help === true) {
    print(overview)
    return name === undefined && values.help !== true ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new UsageError(`there is no command "${name}": see --help`)
  const { url } = values
  if (url === undefined || !URL.canParse(url)) {
    throw new UsageError('say where, with --url: the admin port of a gateway')
  }
  const token = process.env['ROOKERY_OPERATOR_TOKEN'] ?? ''
  if (token === '') throw new UsageError('set ROOKERY_OPERATOR_TOKEN, as the gateway has it')
  const { by = userInfo().username, reason, limit, before } = values
  const operator = new OperatorClient({ url, token })
  print(await command.run(operator, { words, by, reason, limit, before }))
  return 0
}

function read(given: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    url: text,
    by: text,
    reason: text,
    limit: text,
    before: text,
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ args: [...given], options, allowPositionals: true })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof UsageError
  if (!isUsage && !(error instanceof RequestFailure)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = isUsage ? 2 : 1
}
