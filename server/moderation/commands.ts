// The commands of the moderators' tool: from what was typed to lines to be read. Pure but for the calls.
//
// What users have written is shown without characters that would steer a terminal or turn the order of a line
// around. Lists come from all partitions and are put together here, the newest first.

import { checkFields, FieldProblem } from '../../protocol/check.ts'
import type { UserId } from '../../protocol/ids.ts'
import { idMax, parseId } from '../../protocol/ids.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import { actionRequest } from '../../protocol/moderation.ts'
import { operations } from '../../protocol/registry.ts'
import type { Operator } from './operator-client.ts'

/** What is wrong with a command line, as a sentence for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type Typed = {
  /** What stands behind the name of the command, without options. */
  readonly words: readonly string[]
  /** The name of the operator. */
  readonly by: string
  readonly reason: string | undefined
  readonly limit: string | undefined
  readonly before: string | undefined
}

type Command = {
  readonly usage: string
  readonly meaning: string
  run(operator: Operator, typed: Typed): Promise<string[]>
}

/** Partitions that are asked at the same time. */
const askedAtOnce = 8
const limitDefault = 20

export const commands: Readonly<Record<string, Command>> = {
  suspend: {
    usage: 'suspend @HANDLE --reason TEXT',
    meaning: 'Suspends an account: hides its tweets, ends its sessions and keys.',
    async run(operator, typed) {
      const params = { handle: handleOf(typed), ...actionOf(typed) }
      await operator.call('user.suspend', params)
      return [`@${params.handle} is suspended.`]
    },
  },
  unsuspend: {
    usage: 'unsuspend @HANDLE --reason TEXT',
    meaning: 'Takes a suspension back.',
    async run(operator, typed) {
      const params = { handle: handleOf(typed), ...actionOf(typed) }
      await operator.call('user.unsuspend', params)
      return [`@${params.handle} is not suspended.`]
    },
  },
  remove: {
    usage: 'remove TWEET --reason TEXT',
    meaning: 'Removes a tweet, as if its author had deleted it.',
    async run(operator, typed) {
      const params = { tweetId: idOf(typed, 0), ...actionOf(typed) }
      const { tweetId, authorId } = await operator.call('tweet.remove', params as never)
      return [`Tweet ${tweetId} of user ${authorId} is removed.`]
    },
  },
  quota: {
    usage: 'quota @HANDLE APPLICATION REQUESTS --reason TEXT',
    meaning: "Sets how many requests a developer's application has in each 15 minutes.",
    async run(operator, typed) {
      const appId = idOf(typed, 1)
      const quota = Number(typed.words[2])
      const params = { handle: handleOf(typed), appId, quota, ...actionOf(typed) }
      const checked = checkFields(operations['app.setQuota'].request, params, 'message-pack')
      if (checked instanceof FieldProblem) throw usageOf(checked)
      await operator.call('app.setQuota', checked)
      return [`Application ${appId} has ${quota} requests in each 15 minutes.`]
    },
  },
  fund: {
    usage: 'fund @HANDLE MICROS --reason TEXT',
    meaning: 'Sets what is credited to an advertiser in all, in millionths of the currency.',
    async run(operator, typed) {
      const params = {
        handle: handleOf(typed),
        fundedMicros: Number(typed.words[1]),
        ...actionOf(typed),
      }
      const checked = checkFields(operations['advertiser.fund'].request, params, 'message-pack')
      if (checked instanceof FieldProblem) throw usageOf(checked)
      await operator.call('advertiser.fund', checked)
      return [`@${params.handle} is credited with ${params.fundedMicros} micros in all.`]
    },
  },
  reports: {
    usage: 'reports [--limit N] [--before ID]',
    meaning: 'Shows what users have reported, the newest first.',
    run: (operator, typed) =>
      list(operator, typed, async (page) => {
        const { reports, users } = await operator.call('reports.list', page)
        const name = namesOf(users)
        return reports.map(({ id, createdAt, reporterId, userId, tweetId, ...report }) => ({
          id,
          line: [
            `${timeOf(createdAt)}  ${report.reason.padEnd(13)} ${name(userId)}`,
            tweetId === undefined ? '' : ` tweet ${tweetId}: ${quoted(report.tweetText)}`,
            ` by ${name(reporterId)}`,
            report.text === undefined ? '' : `: ${quoted(report.text)}`,
          ].join(''),
        }))
      }),
  },
  log: {
    usage: 'log [--limit N] [--before ID]',
    meaning: 'Shows the audit log: who did what to whom, when and why, the newest first.',
    run: (operator, typed) =>
      list(operator, typed, async (page) => {
        const { actions, users } = await operator.call('audit.list', page)
        const name = namesOf(users)
        return actions.map(({ id, createdAt, userId, tweetId, appId, quota, ...action }) => ({
          id,
          line: [
            `${timeOf(createdAt)}  ${action.action.padEnd(9)} ${name(userId)}`,
            tweetId === undefined ? '' : ` tweet ${tweetId}`,
            appId === undefined ? '' : ` application ${appId} to ${quota}`,
            action.fundedMicros === undefined ? '' : ` with ${action.fundedMicros} micros`,
            ` by ${shown(action.by)}: ${quoted(action.reason)}`,
          ].join(''),
        }))
      }),
  },
}

/** A line for each command, as the help shows them. */
export function describeCommands(): string[] {
  const all = Object.values(commands)
  const width = Math.max(...all.map(({ usage }) => usage.length))
  return all.map(({ usage, meaning }) => `${usage.padEnd(width)}  ${meaning}`)
}

type Entry = { readonly id: number; readonly line: string }
type Page = { readonly partition: number; readonly before: number; readonly limit: number }

/** The newest entries of all partitions, and how to see older ones. */
async function list(
  operator: Operator,
  typed: Typed,
  read: (page: Page) => Promise<Entry[]>,
): Promise<string[]> {
  const limit = limitOf(typed)
  const before = typed.before === undefined ? idMax : (parseId(typed.before) ?? 0)
  if (before === 0) throw new UsageError('--before must be the id that a list ended with')
  const partitionCount = await operator.partitionCount()
  const entries: Entry[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < partitionCount) {
      // One more than is shown tells whether there are older ones.
      entries.push(...(await read({ partition: next++, before, limit: limit + 1 })))
    }
  }
  await Promise.all(Array.from({ length: askedAtOnce }, worker))
  entries.sort((left, right) => right.id - left.id)
  const page = entries.slice(0, limit)
  const lines = page.map(({ line }) => line)
  if (page.length === 0) return ['There are none.']
  if (entries.length > limit) lines.push(`older: --before ${page.at(-1)!.id}`)
  return lines
}

function limitOf({ limit }: Typed): number {
  const count = limit === undefined ? limitDefault : Number(limit)
  if (Number.isInteger(count) && count >= 1 && count < pageLimitMax) return count
  throw new UsageError(`--limit must be a number from 1 to ${pageLimitMax - 1}`)
}

function handleOf({ words }: Typed): string {
  const handle = (words[0] ?? '').replace(/^@/, '')
  if (/^\w{1,15}$/.test(handle)) return handle
  throw new UsageError('say whom: a handle such as @somebody')
}

function idOf({ words }: Typed, place: number): number {
  const id = parseId(words[place] ?? '')
  if (id === undefined) throw new UsageError(`"${words[place] ?? ''}" is not an id`)
  return id
}

function actionOf({ by, reason }: Typed): { by: string; reason: string } {
  if (reason === undefined) throw new UsageError('say why, with --reason: it is kept')
  const checked = checkFields(actionRequest, { by, reason }, 'message-pack')
  if (checked instanceof FieldProblem) throw usageOf(checked)
  return checked
}

function usageOf({ field, problem }: FieldProblem): UsageError {
  return new UsageError(`${field} ${problem}`)
}

function namesOf(
  users: readonly { readonly id: UserId; readonly handle: string }[],
): (id: UserId) => string {
  const handles = new Map(users.map(({ id, handle }) => [id, handle]))
  return (id) => (handles.has(id) ? `@${handles.get(id)}` : `user ${id}`)
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')
}

function quoted(text: string | undefined): string {
  return JSON.stringify(shown(text ?? ''))
}

/** A text of a user on one line, without what a terminal would obey. */
function shown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}
