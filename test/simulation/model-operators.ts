// The model of what operators see: reports of users, what operators have done, and what was promoted.

import type { ActionRecord, ReportRecord } from '../../protocol/moderation.ts'

export type ModelReport = Omit<ReportRecord, 'id'> & { readonly reporterId: number }
export type ModelAction = Omit<ActionRecord, 'id'> & { readonly userId: number }

/** All in the order in which it happened. */
export class ModelOperators {
  reports: ModelReport[] = []
  readonly actions: ModelAction[] = []
  /** Pairs [advertiser, promotion]. */
  promotions: [number, number][] = []

  /** Whoever reports the same once more has said something else. */
  report(report: ModelReport): void {
    const { reporterId, userId, tweetId } = report
    this.reports = this.reports.filter(
      (one) => one.reporterId !== reporterId || one.userId !== userId || one.tweetId !== tweetId,
    )
    this.reports.push(report)
  }

  /** What an advertiser is credited with already is no action. */
  fund(credit: Omit<ModelAction, 'action'>): void {
    const { userId, fundedMicros } = credit
    const before = this.actions.findLast((one) => one.userId === userId && one.action === 'fund')
    if (before?.fundedMicros !== fundedMicros) this.actions.push({ action: 'fund', ...credit })
  }

  /** What operators have done about somebody stays known. */
  leave(user: number): void {
    this.reports = this.reports.filter(({ reporterId }) => reporterId !== user)
    this.promotions = this.promotions.filter(([advertiser]) => advertiser !== user)
  }
}
