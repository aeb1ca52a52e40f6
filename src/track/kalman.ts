/**
 * Kalman filter of one coordinate that moves at nearly constant velocity (R. E. Kalman, "A new approach to linear
 * filtering and prediction problems", 1960; white-noise acceleration). Time is in seconds, so that the same motion
 * gives the same estimate at any frame rate. The coordinates of a box are independent under this model, hence four
 * filters of two states instead of one of eight.
 */
export class AxisFilter {
  value: number;
  /** Per second. */
  velocity = 0;
  private varValue: number;
  private covariance = 0;
  private varVelocity: number;

  /** @param stdMeasured of the first measurement; @param stdVelocity of the unknown velocity, per second */
  constructor(measured: number, stdMeasured: number, stdVelocity: number) {
    this.value = measured;
    this.varValue = stdMeasured * stdMeasured;
    this.varVelocity = stdVelocity * stdVelocity;
  }

  /**
   * @param acceleration spectral density of the white-noise acceleration, units² per s³
   * @param walk spectral density of a random walk of the value itself, units² per s
   */
  predict(dtS: number, acceleration: number, walk = 0): void {
    this.value += this.velocity * dtS;
    this.varValue +=
      2 * this.covariance * dtS +
      this.varVelocity * dtS * dtS +
      (acceleration * dtS * dtS * dtS) / 3 +
      walk * dtS;
    this.covariance += this.varVelocity * dtS + (acceleration * dtS * dtS) / 2;
    this.varVelocity += acceleration * dtS;
  }

  correct(measured: number, stdMeasured: number): void {
    const innovation = measured - this.value;
    const variance = this.varValue + stdMeasured * stdMeasured;
    const gain = this.varValue / variance;
    const gainVelocity = this.covariance / variance;
    this.value += gain * innovation;
    this.velocity += gainVelocity * innovation;
    this.varVelocity -= gainVelocity * this.covariance;
    this.covariance -= gain * this.covariance;
    this.varValue -= gain * this.varValue;
  }

  /** Standard deviation of the value. */
  get std(): number {
    return Math.sqrt(this.varValue);
  }

  clone(): AxisFilter {
    const copy = new AxisFilter(this.value, 0, 0);
    copy.velocity = this.velocity;
    copy.varValue = this.varValue;
    copy.covariance = this.covariance;
    copy.varVelocity = this.varVelocity;
    return copy;
  }
}
