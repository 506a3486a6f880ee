import { userRejectFollow } from '../../protocol/operations/user-reject-follow.ts'
import { markKind } from '../state/marks.ts'
import { answerRequest } from './answer-request.ts'
import { implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'

export const userRejectFollowHandler = implementWrite(userRejectFollow, {
  ...answerRequest(markKind.rejected),
  answer: writeUserAnswer,
})
