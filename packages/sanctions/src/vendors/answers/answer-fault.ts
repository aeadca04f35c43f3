/** An answer is not of the documented form, or says that it failed. The message is made here and holds nothing that was received. */
export class AnswerFault extends Error {
  override readonly name = 'AnswerFault'
}
