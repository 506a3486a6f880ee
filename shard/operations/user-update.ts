import { failure } from '../../protocol/errors.ts'
import { mediaPathPrefix } from '../../protocol/media.ts'
import type { Params } from '../../protocol/operation.ts'
import { userUpdate } from '../../protocol/operations/user-update.ts'
import { attachMedia } from './attach-media.ts'
import type { DecideContext, No, View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { writeUser } from './present.ts'

export const userUpdateHandler = implementWrite(userUpdate, {
  claims: ({ actor }) => [`profile ${actor}`],

  decide(view, context, { avatarId, headerId, ...plain }) {
    const { actor, actorIndex } = context
    const avatar = pictureOf(view, context, { field: 'avatarId', id: avatarId })
    if ('kind' in avatar) return avatar
    const header = pictureOf(view, context, { field: 'headerId', id: headerId })
    if ('kind' in header) return header
    const card = view.users.cardOf(actorIndex)
    const before: Readonly<Record<string, unknown>> = { ...emptyFields, ...card }
    const changes = { ...plain, ...avatar, ...header }
    const changed = Object.entries(changes).filter(([name, value]) => before[name] !== value)
    if (changed.length === 0) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, ...Object.fromEntries(changed) } }
  },

  apply(state, { userId, ...changes }) {
    state.users.editCard(state.users.index.intern(userId), changes)
    return 0
  },

  answer(view, { actorIndex }, _given, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: actorIndex, reader: actorIndex })
  },
})

const emptyFields = { location: '', website: '', avatarUrl: '', headerUrl: '' }

/** The fields of pictures: what the card holds, and where the file is. Avatars are shown small. */
const pictures = {
  avatarId: (id: string) => ({ avatarUrl: id && `${mediaPathPrefix}${id}/thumbnail` }),
  headerId: (id: string) => ({ headerUrl: id && `${mediaPathPrefix}${id}` }),
}

/** The change that a picture is: nothing where none was given. What the card shows already can be given again. */
function pictureOf(
  view: View,
  context: DecideContext,
  {
    field,
    id,
  }: { field: keyof typeof pictures; id: Params<typeof userUpdate>[keyof typeof pictures] },
): { readonly avatarUrl?: string; readonly headerUrl?: string } | No<never> {
  if (id === undefined) return {}
  const change = pictures[field](id)
  const card = view.users.cardOf(context.actorIndex)
  const isThere = Object.entries(change).every(([name, url]) => card[name as 'avatarUrl'] === url)
  if (id === '' || isThere) return change
  const media = attachMedia(view, context, [id], field)
  if (media !== undefined && 'kind' in media) return media
  if (media?.[0]?.kind === 'photo') return change
  return {
    kind: 'failed',
    error: failure('bad_request', { field, message: 'It must be a photo.' }),
  }
}
