it("an image's data is pixels of four bytes", () => {
  const image = new ImageData(2, 3);
  equal([image.width, image.height, image.data.length, image.colorSpace], [2, 3, 24, "srgb"]);
  same(image.data, image.data);
  const data = new Uint8ClampedArray(16);
  same(new ImageData(data, 2).data, data);
  equal(new ImageData(data, 2).height, 2);
  equal(new ImageData(2, 1, { pixelFormat: "rgba-float16" }).data.constructor.name, "Float16Array");
  throws("IndexSizeError", () => new ImageData(0, 1));
  throws("IndexSizeError", () => new ImageData(data, 3));
  throws("IndexSizeError", () => new ImageData(data, 2, 3));
  throws("InvalidStateError", () => new ImageData(new Uint8ClampedArray(3), 1));
});

it("a canvas keeps the pixels that were put there", () => {
  const canvas = document.createElement("canvas");
  equal([canvas.width, canvas.height, canvas.getContext("other")], [300, 150, null]);
  canvas.width = canvas.height = 2;
  const context = canvas.getContext("2d");
  same(canvas.getContext("2d"), context);
  same(context.canvas, canvas);
  context.putImageData(new ImageData(new Uint8ClampedArray([1, 2, 3, 4]), 1), 1, 1);
  equal([...context.getImageData(1, 1, 1, 1).data], [1, 2, 3, 4]);
  equal([...context.getImageData(2, 2, -1, -1).data], [1, 2, 3, 4]);
  equal([...context.getImageData(0, 0, 1, 1).data], [0, 0, 0, 0]);
  throws("IndexSizeError", () => context.getImageData(0, 0, 0, 1));
  canvas.width = 2;
  equal([...context.getImageData(1, 1, 1, 1).data], [0, 0, 0, 0]);
});

it("image data and bitmaps are cloned, bitmaps also transferred", async () => {
  const image = new ImageData(new Uint8ClampedArray([1, 2, 3, 4]), 1);
  const copy = structuredClone(image);
  ok(copy instanceof ImageData && copy.data !== image.data);
  equal([...copy.data], [1, 2, 3, 4]);
  const bitmap = await createImageBitmap(image);
  equal([bitmap.width, structuredClone(bitmap).height], [1, 1]);
  const moved = structuredClone(bitmap, { transfer: [bitmap] });
  equal([bitmap.width, moved.width], [0, 1]);
  throws("DataCloneError", () => structuredClone(bitmap));
  moved.close();
  equal(moved.width, 0);
  await rejects("InvalidStateError", createImageBitmap(moved));
  await rejects("InvalidStateError", createImageBitmap(new Blob(["no image"])));
  await rejects("RangeError", createImageBitmap(image, 0, 0, 0, 1));
});

it("an input for files has a list of them", () => {
  const input = document.createElement("input");
  equal([input.type, input.files], ["text", null]);
  input.type = "FILE";
  equal([input.type, input.files.length, input.files[0], input.files.item(0)], ["file", 0, undefined, null]);
  same(input.files, input.files);
  ok(structuredClone(input.files) instanceof FileList);
});

it("a canvas remembers dashes until its size is set", () => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const dashes = (list) => (context.setLineDash(list), context.getLineDash());
  equal(context.getLineDash(), []);
  equal(dashes([1, 2]), [1, 2]);
  equal(dashes([3]), [3, 3]);
  equal(dashes([-1, 2]), [3, 3]);
  equal(dashes([Infinity]), [3, 3]);
  canvas.width = 5;
  equal(context.getLineDash(), []);
});
