/** Every part from which a stamp may be built, in one place. */

export * from "./paths.mjs";
export * from "./parts/sky.mjs";
export * from "./parts/land.mjs";
export * from "./parts/plants.mjs";
export * from "./parts/crops.mjs";
export * from "./parts/buildings.mjs";
export * from "./parts/creatures.mjs";
