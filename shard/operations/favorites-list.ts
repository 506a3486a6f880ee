import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { favoritesList } from '../../protocol/operations/favorites-list.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { pageOfPlaces } from './placed-page.ts'
import { noteShown } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead, mayReadUser, type Rule } from './visibility.ts'

export const favoritesListHandler = implementRead(favoritesList, {
  read(view, context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    const reader = context.actorIndex
    const isOwn = reader === user
    const isShown = mayReadUser(view, { reader, user })
    // Whom a reader follows who lives elsewhere is not known here; blocks are known everywhere.
    const rule: Rule = (_view, { tweet, steps }) =>
      isShown &&
      mayRead(view, { reader, tweet, steps }) &&
      (isOwn || mayRead(view, { reader: -1, tweet }))
    const page = pageOfPlaces(view, { before, limit, reader, rule }, (range, out) =>
      view.favoriteOrder.readBefore(user, range, out),
    )
    const shownTo = isOwn ? reader : -1
    noteShown(context, writeTweetPage(writer, view, { page, reader: shownTo, rule, more: 0 }))
    return undefined
  },
})
