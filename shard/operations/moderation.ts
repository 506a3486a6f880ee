// Moderation: what its operations share.
//
// A report is kept with the account of whoever made it, an action of an operator with the account that it is
// about: each in the log of that account's partition, so that it is as durable as the act itself and moves with
// the account. A list of all is put together, newest first, from the lists of the partitions.
//
// A suspension is a public fact, like a block: every process knows it by a flag of the user (visibility.ts), and
// whoever asks on behalf of a suspended account is refused before anything is decided (`refusalOfActor`).

import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import { idMax, timeOfId } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { ActionRecord, ReportRecord } from '../../protocol/moderation.ts'
import type { Operation } from '../../protocol/operation.ts'
import { markKind } from '../state/marks.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { Context, No, View } from './implement.ts'
import { writeUsers } from './present.ts'
import { isSuspended } from './visibility.ts'

/** Puts an action into the audit log. */
export function keepAction(state: ShardState, userId: UserId, action: ActionRecord): void {
  state.noteIssuedId(action.id)
  if (state.isHosted(userId)) state.actions.put(userId, action)
}

/** Puts a report in, in place of an earlier one of the same reporter about the same. */
export function keepReport(state: ShardState, reporterId: UserId, report: ReportRecord): void {
  state.noteIssuedId(report.id)
  // It may land behind the deletion of the account.
  if (!state.isHosted(reporterId) || state.users.find(reporterId) < 0) return
  for (const { id, userId, tweetId } of state.reports.listOf(reporterId)) {
    if (userId === report.userId && tweetId === report.tweetId) state.reports.remove(reporterId, id)
  }
  state.reports.put(reporterId, report)
}

/** The action by which an account is suspended; 0 where it is not. */
export function suspensionOf(view: View, user: number): number {
  const suspensions = view.marks(markKind.suspensions)
  return suspensions.length(user) === 0 ? 0 : suspensions.at(user, 0)
}

/** Why somebody may do nothing at all; undefined where they may. What a shard does for itself goes on. */
export function refusalOfActor(
  view: View,
  actorIndex: number,
  operation: Pick<Operation, 'access'>,
): No<never> | undefined {
  if (operation.access === 'operator' || actorIndex < 0) return undefined
  // What was asked before the account was deleted, and waited for something.
  if (view.users.isGone(actorIndex)) return { kind: 'failed', error: failure('unauthenticated') }
  if (!isSuspended(view, actorIndex)) return undefined
  const message = 'This account is suspended.'
  return { kind: 'failed', error: failure('forbidden', { message }) }
}

type Page = { readonly before?: number | undefined; readonly limit?: number | undefined }
type Dated = { readonly id: number }

/** A page of what is kept by partition, newest first, and where the next one starts. */
export function pageOfRecords<O extends { readonly record: Dated }>(
  source: (page: { before: number; limit: number }) => readonly O[],
  { before = idMax, limit = pageLimitDefault }: Page,
): { readonly shown: readonly O[]; readonly olderCursor: number | undefined } {
  const found = source({ before, limit: limit + 1 })
  const shown = found.slice(0, limit)
  const olderCursor = found.length > limit ? shown.at(-1)?.record.id : undefined
  return { shown, olderCursor }
}

/** Writes the entries `users` and, where there is one, `olderCursor`. */
export function writeAccounts(
  writer: MessagePackWriter,
  view: View,
  { userIds, olderCursor }: { userIds: readonly UserId[]; olderCursor: number | undefined },
): void {
  const users = [...new Set(userIds)].map((id) => view.users.find(id)).filter((user) => user >= 0)
  writeUsers(writer, view, { users, reader: -1 })
  if (olderCursor === undefined) return
  writer.text('olderCursor')
  writer.integer(olderCursor)
}

/** A record with the time that its id says. */
export function dated<R extends Dated>(record: R): R & { readonly createdAt: number } {
  return { ...record, createdAt: timeOfId(record.id) }
}

/** Writes the answer `{ userId }` of what was done to somebody, who may have left before it landed. */
export function writeUserId(
  view: View,
  _context: Context,
  given: {
    readonly params: { readonly handle: string }
    readonly event: { readonly userId: UserId } | undefined
  },
  writer: MessagePackWriter,
): void {
  writer.map(1)
  writer.text('userId')
  const { event, params } = given
  writer.integer(event?.userId ?? view.users.idOf(view.users.findHandle(params.handle)))
}
