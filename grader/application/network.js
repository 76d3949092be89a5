/* Computes a network of ONNX operators (opset 17), in double precision and without anything else. An exported page
   holds this text, and the grader runs this same text on the examples when it exports. */
var { runNetwork, examineNetwork } = (() => {
  "use strict";
  // A tensor is its shape and its numbers, the last index running fastest.
  const size = (shape) => shape.reduce((product, side) => product * side, 1);

  function tensorOf(nested) {
    const shape = [];
    for (let part = nested; Array.isArray(part); part = part[0]) shape.push(part.length);
    const data = Float64Array.from([nested].flat(Infinity));
    if (data.length !== size(shape)) throw new Error("The numbers do not fill a shape.");
    return { shape, data };
  }

  function nestedOf({ shape, data }) {
    let parts = Array.from(data);
    for (let axis = shape.length - 1; axis > 0; axis--) {
      const rows = [];
      for (let at = 0; at < parts.length; at += shape[axis]) rows.push(parts.slice(at, at + shape[axis]));
      parts = rows;
    }
    return shape.length ? parts : parts[0];
  }

  /** Returns by how many numbers each axis steps; `rank` axes, and 0 where a side of 1 is repeated. */
  function stepsOf(shape, rank = shape.length, repeated = false) {
    const steps = new Array(rank).fill(0);
    for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]) {
      steps[rank - shape.length + axis] = repeated && shape[axis] === 1 ? 0 : step;
    }
    return steps;
  }

  /** Returns where each element of a shape lies in numbers that are walked by these steps. */
  function walked(shape, steps) {
    let places = [0];
    shape.forEach((side, axis) => {
      const next = [];
      for (const place of places) for (let i = 0; i < side; i++) next.push(place + i * steps[axis]);
      places = next;
    });
    return places;
  }

  function broadcast(...shapes) {
    const rank = Math.max(...shapes.map((shape) => shape.length));
    const shape = Array.from({ length: rank }, (_, axis) =>
      shapes.map((each) => each[each.length - rank + axis] ?? 1).reduce((a, b) => (a === 1 ? b : a)));
    return { shape, places: shapes.map((each) => walked(shape, stepsOf(each, rank, true))) };
  }

  const each = (f) => ([x]) => ({ shape: x.shape, data: x.data.map(f) });

  const pairwise = (f) => ([a, b]) => {
    const { shape, places: [left, right] } = broadcast(a.shape, b.shape);
    return { shape, data: Float64Array.from(left, (place, at) => f(a.data[place], b.data[right[at]])) };
  };

  /** Writes the sums of products of a (rows × inner) and b (inner × columns) to `out`; each says at which number it
      starts, and by how many it steps from row to row and from column to column. */
  function multiply(a, b, [rows, inner, columns], out) {
    const left = a.data, right = b.data, [down, across] = a.steps, [next, beside] = b.steps;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0, i = a.start + row * down, j = b.start + column * beside;
        for (let k = 0; k < inner; k++, i += across, j += next) sum += left[i] * right[j];
        out.data[out.start + row * columns + column] = sum;
      }
    }
  }

  function gemm([a, b, c], { alpha = 1, beta = 1, transA = 0, transB = 0 }) {
    const turned = ({ shape: [rows, columns], data }, swap) => (swap
      ? { sides: [columns, rows], data, start: 0, steps: [1, columns] }
      : { sides: [rows, columns], data, start: 0, steps: [columns, 1] });
    const left = turned(a, transA), right = turned(b, transB);
    const shape = [left.sides[0], right.sides[1]], data = new Float64Array(size(shape));
    multiply(left, right, [...left.sides, shape[1]], { data, start: 0 });
    const added = c && walked(shape, stepsOf(c.shape, 2, true));
    return { shape, data: data.map((sum, at) => alpha * sum + (c ? beta * c.data[added[at]] : 0)) };
  }

  function matmul([a, b]) {
    const left = a.shape.length > 1 ? a.shape : [1, ...a.shape];
    const right = b.shape.length > 1 ? b.shape : [...b.shape, 1];
    const [rows, inner] = left.slice(-2), columns = right[right.length - 1];
    const { shape: batch, places } = broadcast(left.slice(0, -2), right.slice(0, -2));
    const data = new Float64Array(size(batch) * rows * columns);
    places[0].forEach((place, at) => multiply(
      { data: a.data, start: place * rows * inner, steps: [inner, 1] },
      { data: b.data, start: places[1][at] * inner * columns, steps: [columns, 1] },
      [rows, inner, columns], { data, start: at * rows * columns }));
    const shape = [...batch, ...(a.shape.length > 1 ? [rows] : []), ...(b.shape.length > 1 ? [columns] : [])];
    return { shape, data };
  }

  /** Returns the places of a kernel on a plane; each is a list of: element of the kernel, number of the plane below it.
      Elements of the kernel that lie over the padding are left out. */
  function windowsOn([height, width], [tall, wide], { strides: [down, across] = [1, 1], pads = [0, 0, 0, 0] }) {
    const rows = Math.floor((height + pads[0] + pads[2] - tall) / down) + 1;
    const columns = Math.floor((width + pads[1] + pads[3] - wide) / across) + 1;
    const windows = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const covered = [];
        for (let i = 0; i < tall; i++) {
          for (let j = 0; j < wide; j++) {
            const y = row * down - pads[0] + i, x = column * across - pads[1] + j;
            if (y >= 0 && y < height && x >= 0 && x < width) covered.push(i * wide + j, y * width + x);
          }
        }
        windows.push(covered);
      }
    }
    return { sides: [rows, columns], windows };
  }

  function conv([x, w, b], node) {
    const [count, channels, ...plane] = x.shape, [filters, , ...kernel] = w.shape;
    const { sides, windows } = windowsOn(plane, kernel, node);
    const shape = [count, filters, ...sides], data = new Float64Array(size(shape));
    const area = size(plane), elements = size(kernel), weights = w.data, pixels = x.data;
    let at = 0;
    for (let image = 0; image < count; image++) {
      for (let filter = 0; filter < filters; filter++) {
        for (const covered of windows) {
          let sum = b ? b.data[filter] : 0;
          for (let channel = 0; channel < channels; channel++) {
            const first = (filter * channels + channel) * elements, start = (image * channels + channel) * area;
            for (let k = 0; k < covered.length; k += 2) {
              sum += weights[first + covered[k]] * pixels[start + covered[k + 1]];
            }
          }
          data[at++] = sum;
        }
      }
    }
    return { shape, data };
  }

  const pool = (first, join, end) => ([x], node) => {
    const [count, channels, ...plane] = x.shape;
    const { sides, windows } = windowsOn(plane, node.kernel_shape, node);
    const shape = [count, channels, ...sides], data = new Float64Array(size(shape));
    const area = size(plane);
    for (let image = 0, at = 0; image < count * channels; image++) {
      for (const covered of windows) {
        let found = first;
        for (let k = 0; k < covered.length; k += 2) found = join(found, x.data[image * area + covered[k + 1]]);
        data[at++] = end(found, covered.length / 2);
      }
    }
    return { shape, data };
  };

  function softmax([x], { axis = -1 }) {
    const along = axis < 0 ? axis + x.shape.length : axis;
    const step = stepsOf(x.shape)[along], side = x.shape[along], data = new Float64Array(x.data.length);
    for (let at = 0; at < data.length; at++) {
      if (Math.floor(at / step) % side) continue; // only where a row begins
      let most = -Infinity, sum = 0;
      for (let k = 0; k < side; k++) most = Math.max(most, x.data[at + k * step]);
      for (let k = 0; k < side; k++) sum += data[at + k * step] = Math.exp(x.data[at + k * step] - most);
      for (let k = 0; k < side; k++) data[at + k * step] /= sum;
    }
    return { shape: x.shape, data };
  }

  function transpose([x], { perm }) {
    const steps = stepsOf(x.shape), shape = perm.map((axis) => x.shape[axis]);
    return { shape, data: Float64Array.from(walked(shape, perm.map((axis) => steps[axis])), (place) => x.data[place]) };
  }

  function reshape([x], { shape: wanted }) {
    const shape = wanted.map((side, axis) => (side === 0 ? x.shape[axis] : side));
    return { shape: shape.map((side) => (side === -1 ? -x.data.length / size(shape) : side)), data: x.data };
  }

  function flatten([x], { axis = 1 }) {
    const rows = size(x.shape.slice(0, axis)); // an axis below 0 counts from behind, as slice does
    return { shape: [rows, x.data.length / rows], data: x.data };
  }

  const operators = {
    Add: pairwise((a, b) => a + b),
    AveragePool: pool(0, (a, b) => a + b, (sum, count) => sum / count),
    Conv: conv,
    Div: pairwise((a, b) => a / b),
    Flatten: flatten,
    Gemm: gemm,
    MatMul: matmul,
    MaxPool: pool(-Infinity, Math.max, (most) => most),
    Mul: pairwise((a, b) => a * b),
    Relu: each((x) => Math.max(0, x)),
    Reshape: reshape,
    Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
    Softmax: softmax,
    Sub: pairwise((a, b) => a - b),
    Tanh: each(Math.tanh),
    Transpose: transpose,
  };

  const read = new WeakMap(); // the weights of a network, read once

  function tensors(network, batch) {
    if (!read.has(network)) {
      read.set(network, Object.entries(network.weights).map(([name, nested]) => [name, tensorOf(nested)]));
    }
    const known = new Map(read.get(network));
    known.set(network.input.name, tensorOf(batch));
    for (const node of network.nodes) {
      known.set(node.output, operators[node.op](node.inputs.map((name) => known.get(name)), node));
    }
    for (const [name] of read.get(network)) known.delete(name);
    return known;
  }

  /** Returns what a network makes of a batch of inputs: every tensor but the weights, by its name, as nested arrays
      whose first index is the input's number in the batch. */
  function runNetwork(network, batch) {
    return Object.fromEntries([...tensors(network, batch)].map(([name, tensor]) => [name, nestedOf(tensor)]));
  }

  /** Returns the largest difference between the examples' outputs and what the network makes of their inputs: how
      large, in which example, at which of its numbers (counted along the last index first); and the largest output. */
  function examineNetwork(network, { inputs, outputs }) {
    const found = { largest: 0, example: 0, element: 0, scale: 0 };
    inputs.forEach((input, example) => {
      const made = tensors(network, [input]).get(network.output).data;
      tensorOf(outputs[example]).data.forEach((wanted, element) => {
        const difference = Math.abs(made[element] - wanted);
        found.scale = Math.max(found.scale, Math.abs(wanted));
        if (!(difference <= found.largest)) {
          Object.assign(found, { largest: Number.isFinite(difference) ? difference : Infinity, example, element });
        }
      });
    });
    return found;
  }

  return { runNetwork, examineNetwork };
})();
