/** A request that the node refuses: HTTP status and the words of the answer. */
export class Refusal extends Error {
  constructor(status, message, options) {
    super(message, options);
    this.name = 'Refusal';
    this.status = status;
  }
}
