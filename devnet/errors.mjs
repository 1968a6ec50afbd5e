/** What can go wrong with the stack; `code` is stable, the message is for a person. */
export class StackError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{cause?: unknown}} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'StackError';
    this.code = code;
  }
}
