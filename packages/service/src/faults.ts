export type ServiceFaultCode = `ERR_SERVICE_${string}`

/**
 * Something operational kept the service from doing its work; nothing was decided by it.
 * `message` may be shown to a caller, `detail` is for the log only, `retryable` says that the same call may succeed later.
 */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault'
  readonly code: ServiceFaultCode
  readonly detail?: string
  readonly retryable: boolean

  constructor(
    code: ServiceFaultCode,
    message: string,
    options: { readonly detail?: string; readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.retryable = options.retryable ?? false
    if (options.detail !== undefined) this.detail = options.detail
  }
}
