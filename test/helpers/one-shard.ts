// One shard process without a log, a clock or a wait: the handlers of the operations run one after
// another on a state, so that a test of an operation reads as a story.
//
//   call -> claims, password, decide -> apply -> answer (decoded strictly by its definition)
//                                         |
//                                  encodeEvent, decodeEvent -> apply on a replica
//
// The replica applies what a log would hold, as another process or a recovery does. After each write the
// same reads have to give the same bytes on both. Home timelines are dropped on the replica before
// each look: so what was delivered is compared with what is built anew, in every test (I7).

import type { ErrorBody } from '../../protocol/errors.ts'
import { decodeEvent, encodeEvent } from '../../protocol/event.ts'
import type { Fields } from '../../protocol/fields.ts'
import type { Partition, TweetId, UserId } from '../../protocol/ids.ts'
import {
  IdGenerator,
  idEpochMs,
  partitionOfHandle,
  partitionOfId,
  sequencesPerMs,
} from '../../protocol/ids.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { Answer, Event, Operation, Params } from '../../protocol/operation.ts'
import { routeOf } from '../../server/links/router.ts'
import { handlersByCode } from '../../shard/handlers.ts'
import { Live } from '../../shard/live/live.ts'
import { alone } from '../../shard/live/live-ports.ts'
import { accountCreateHandler } from '../../shard/operations/account-create.ts'
import { followSettleHandler } from '../../shard/operations/follow-settle.ts'
import type {
  Context,
  DecideContext,
  Decision,
  Handler,
  PasswordTask,
  ReadHandler,
  WriteHandler,
} from '../../shard/operations/implement.ts'
import { tweetPostHandler } from '../../shard/operations/tweet-post.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import type { Called, From, Prepared } from './called.ts'
import { FakeGateway } from './fake-gateway-link.ts'
import { fakePasswordWork } from './fake-password-work.ts'
import type { LogEntry } from './same-reads.ts'
import { expectSameReads, recoverState } from './same-reads.ts'
import { type Follow, settlingOf } from './settling.ts'
import { decodeStrictly } from './strict-decode.ts'

/** Who asks where nobody is signed in. */
export const stranger = 0 as UserId

type AnyWrite = Extract<Handler, { kind: 'write' }>
type AnyParams = Record<string, unknown>

export class OneShard {
  readonly state = new ShardState()
  readonly replica = new ShardState()
  /** When what is pushed in a later turn is pushed: at once, unless a test has it otherwise. */
  defer: (task: () => void) => void = (task) => task()
  readonly live = new Live(this.state, 'k3x9', { ...alone, defer: (task) => this.defer(task) })
  readonly gateway = new FakeGateway()
  readonly partitionCount = 64
  /** What a log would hold, in the order in which it happened. */
  readonly log: LogEntry[] = []
  readonly passwordTasks: PasswordTask[] = []
  readonly sessionLifetimeMs = 86_400_000
  nowMs = idEpochMs + 1_000_000
  readonly #ids = new Map<Partition, IdGenerator>()
  readonly #writer = new MessagePackWriter()
  readonly #readers: UserId[] = []
  readonly #mayBeSettled: Follow[] = []
  #randomCount = 0

  /** @param options `hosts`: only the partitions of these handles are hosted, instead of all */
  constructor({ hosts }: { readonly hosts?: readonly string[] } = {}) {
    for (let partition = 0; partition < this.partitionCount; partition++) {
      const isHosted = hosts?.some((handle) => this.#partitionOf(handle) === partition) ?? true
      if (!isHosted) continue
      this.state.host(partition)
      this.replica.host(partition)
    }
    this.live.followMaySettle = (followerId, followeeId) =>
      void this.#mayBeSettled.push({ followerId, followeeId })
    this.live.connect(this.gateway)
    this.state.index.switchOn()
  }

  /** Signs people up, in this order, each with the password `secret of NAME`. */
  signUp<const N extends readonly string[]>(...handles: N): { readonly [K in keyof N]: UserId } {
    return handles.map((handle) => {
      const params = { handle, name: handle, password: `secret of ${handle}` }
      return this.ask(accountCreateHandler, stranger, params).user.id
    }) as { readonly [K in keyof N]: UserId }
  }

  /** Posts a tweet. */
  post(author: UserId, text: string, more: { readonly inReplyTo?: TweetId } = {}): TweetId {
    return this.ask(tweetPostHandler, author, { text, ...more }).tweet.id
  }

  /** Runs an operation that has to be answered. */
  ask<O extends { readonly name: string }>(
    handler: WriteHandler<O> | ReadHandler<O>,
    actor: UserId,
    params: Params<O>,
    from: From = {},
  ): Answer<O> {
    const called = this.call(handler, actor, params, from)
    if (called.kind === 'answered') return called.answer
    throw new Error(`${handler.operation.name} was not answered: ${JSON.stringify(called)}`)
  }

  /** Runs an operation from its claims to its answer, or to the reason why there is none. */
  call<O extends { readonly name: string }>(
    handler: WriteHandler<O> | ReadHandler<O>,
    actor: UserId,
    params: Params<O>,
    from: From = {},
  ): Called<O> {
    if (handler.kind === 'write') return this.prepare(handler, actor, params, from).land()
    const context = this.#contextOf(handler as unknown as Handler, actor, params as AnyParams, from)
    if ('code' in context) return { kind: 'failed', error: context }
    const writer = this.#writer
    writer.reset()
    const no = handler.read(this.state, context, params, writer)
    if (no === undefined) return this.#answered(handler.operation, writer.view())
    if (writer.length > 0) throw new Error(`${handler.operation.name} answers and denies at once`)
    return no
  }

  /** Stops a write behind its password, so that others may come first. */
  prepare<O extends { readonly name: string }>(
    typed: WriteHandler<O>,
    actor: UserId,
    typedParams: Params<O>,
    from: From = {},
  ): Prepared<O> {
    const handler = typed as unknown as AnyWrite
    const params = typedParams as AnyParams
    const plain = this.#contextOf(handler, actor, params, from)
    if ('code' in plain) {
      const failed = { kind: 'failed', error: plain } as const
      return { claims: [], decide: () => failed, land: () => failed }
    }
    const work = () => this.#workOnPassword(handler.password?.(this.state, plain, params))
    let context = { ...plain, ...work() }
    let decision: ReturnType<AnyWrite['decide']> | undefined
    const decide = () => {
      decision ??= handler.decide(this.state, context, params)
      if (decision.kind !== 'password-outdated') return decision as Decision<O>
      context = { ...plain, ...work() }
      decision = handler.decide(this.state, context, params)
      return decision as Decision<O>
    }
    return {
      claims: handler.claims(context, params).filter((claim) => typeof claim === 'string'),
      decide,
      land: () => {
        const decided = decide() as ReturnType<AnyWrite['decide']>
        if (decided.kind !== 'committed' && decided.kind !== 'unchanged') return decided
        const event = decided.kind === 'committed' ? decided.event : undefined
        return this.#answerWrite(handler, context, { params, event }) as Called<O>
      },
    }
  }

  /** Applies an event of another process's log, here and on the replica. */
  hear<O extends { readonly code: number; readonly event?: Fields }>(
    operation: O,
    event: Event<O>,
  ): void {
    const handler = handlersByCode.get(operation.code) as AnyWrite
    const { event: decoded } = decodeEvent(encodeEvent(handler.operation, event as AnyParams))
    this.#apply(handler, decoded)
  }

  /** A sign-up on another process, of which this one hears through the log. */
  hearOf(handle: string): UserId {
    const partition = this.#partitionOf(handle)
    const userId = this.newId(partition) as UserId
    const account = { passwordHash: '', tokenHash: handle, tokenExpiresAt: this.nowMs + 1 }
    this.hear(accountCreateHandler.operation, { userId, handle, name: handle, ...account })
    return userId
  }

  newId(partition: Partition): number {
    const ids = this.#ids.get(partition) ?? new IdGenerator(partition)
    this.#ids.set(partition, ids)
    return ids.next(this.nowMs)
  }

  /**
   * A state that has read the logs of the partitions one after the other, in any order of them, and has
   * to answer what this one answers.
   */
  expectRecovery(orderOf: (partitions: readonly Partition[]) => readonly Partition[]): void {
    const recovered = recoverState(this.log, {
      orderOf,
      isHosted: (partition) => this.state.isHosted(partition * sequencesPerMs),
    })
    for (const { event } of this.log) this.#expectSameReads(recovered, event as AnyParams)
  }

  #expectSameReads(other: ShardState, event: AnyParams): void {
    const contextOf = (reader: UserId) => this.contextFor(reader)
    expectSameReads([this.state, other], { event, readers: this.#readers.slice(0, 4), contextOf })
  }

  #answerWrite(
    handler: AnyWrite,
    context: DecideContext,
    { params, event }: { params: AnyParams; event: AnyParams | undefined },
  ): Called<Operation> {
    const writer = new MessagePackWriter()
    handler.answerBefore?.(this.state, context, params, writer)
    if (event !== undefined) this.#apply(handler, event)
    const no = handler.gone?.(this.state, context, { params, event })
    if (no !== undefined) return no
    if (handler.answerBefore === undefined) {
      handler.answer?.(this.state, context, { params, event }, writer)
    }
    return this.#answered(handler.operation, writer.view())
  }

  #apply(handler: AnyWrite, event: AnyParams): void {
    const { operation } = handler
    const payload = encodeEvent(operation, event)
    const actor = event['actorId'] ?? event['authorId'] ?? event['followerId'] ?? event['userId']
    const partition = (event['partition'] as Partition) ?? partitionOfId(actor as number)
    this.log.push({ name: operation.name, partition, event, payload })
    const applied = handler.apply(this.state, event)
    handler.effects?.(this.live, event, applied)
    handler.apply(this.replica, decodeEvent(payload).event)
    const { userId } = event as { userId?: UserId }
    const isNew = userId !== undefined && !this.#readers.includes(userId)
    if (isNew && this.state.isHosted(userId)) this.#readers.push(userId)
    this.#expectSameReads(this.replica, event)
    const follow = this.#mayBeSettled.shift()
    const settling = follow === undefined ? undefined : settlingOf(this.state, follow)
    if (settling !== undefined) this.#apply(followSettleHandler as unknown as AnyWrite, settling)
  }

  #answered<O>(operation: O, bytes: Uint8Array): Called<O> {
    const { answer } = operation as unknown as Operation
    return { kind: 'answered', answer: decodeStrictly(answer, bytes) as unknown as Answer<O> }
  }

  #contextOf(
    handler: Handler,
    actor: UserId,
    params: AnyParams,
    { slot = 0, tokenHash }: From,
  ): DecideContext | ErrorBody {
    this.nowMs++
    const isOperator = handler.operation.access === 'operator'
    const partition = routeOf(handler.operation, { actor, params, isOperator }, this.partitionCount)
    if (typeof partition !== 'number') return partition
    return {
      ...this.contextFor(actor),
      partition,
      subscriptions: this.live.subscriptionsOf(this.gateway, slot),
      tokenHash,
      newId: () => this.newId(partition),
      random: new Uint8Array(32).fill(++this.#randomCount),
      sessionLifetimeMs: this.sessionLifetimeMs,
      passwordHash: '',
      isPasswordRight: false,
    }
  }

  #workOnPassword(task: PasswordTask = { kind: 'none' }) {
    this.passwordTasks.push(task)
    return fakePasswordWork(task)
  }

  /** What a handler is told of who asks, where no socket is theirs. */
  contextFor(actor: UserId): Context {
    return {
      actor,
      actorIndex: actor === stranger ? -1 : this.state.users.find(actor),
      partition: partitionOfId(actor),
      partitionCount: this.partitionCount,
      nowMs: this.nowMs,
      liveEpoch: this.live.epoch,
      subscriptions: undefined,
      tokenHash: undefined,
    }
  }

  #partitionOf(handle: string): Partition {
    return partitionOfHandle(handle, this.partitionCount)
  }
}
