import { reapedCpuSeconds } from "./cpu-seconds.js";
import type { Measured } from "./processes.js";

/** Who used the processor while a daemon was measured. Sums over all that was measured. */
export class ProcessorUse {
  #seconds = 0;
  #daemonSeconds = 0;
  #loadSeconds = 0;
  #appends = 0;

  /** Measures something whose load comes from a child that ends with it, as h2load does. */
  async during<Result>(seglog: Measured, measure: () => Result | Promise<Result>, appends: number): Promise<Result> {
    const startMs = performance.now();
    const [daemonBefore, loadBefore] = [seglog.cpuSeconds(), reapedCpuSeconds()];
    const result = await measure();
    const loadSeconds = reapedCpuSeconds() - loadBefore;
    this.add({ seconds: (performance.now() - startMs) / 1000, daemonSeconds: seglog.cpuSeconds() - daemonBefore, loadSeconds, appends });
    return result;
  }

  /** Adds what was measured otherwise. */
  add(use: { readonly seconds: number; readonly daemonSeconds: number; readonly loadSeconds: number; readonly appends: number }): void {
    this.#seconds += use.seconds;
    this.#daemonSeconds += use.daemonSeconds;
    this.#loadSeconds += use.loadSeconds;
    this.#appends += use.appends;
  }

  /** In a line: a share of a core near 100 % is what holds the rate where it is. */
  line(load: string, each = "an append"): string {
    const share = (seconds: number) => `${((seconds / this.#seconds) * 100).toFixed(0)} % of a core`;
    const micros = (seconds: number) => `${((seconds * 1e6) / this.#appends).toFixed(1)} µs`;
    return `processor time ${each}: daemon ${micros(this.#daemonSeconds)} (${share(this.#daemonSeconds)}), ${load} ${micros(this.#loadSeconds)} (${share(this.#loadSeconds)})`;
  }
}
