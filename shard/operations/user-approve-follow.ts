import { userApproveFollow } from '../../protocol/operations/user-approve-follow.ts'
import { markKind } from '../state/marks.ts'
import { answerRequest } from './answer-request.ts'
import { implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'

export const userApproveFollowHandler = implementWrite(userApproveFollow, {
  ...answerRequest(markKind.approved),
  answer: writeUserAnswer,
})
