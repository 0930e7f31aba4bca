/** The collection: one stamp for every supporting region and supported area, and one for nowhere in particular. */

import * as anywhere from "./places/anywhere.mjs";
import * as coast from "./places/coast.mjs";
import * as north from "./places/north.mjs";
import * as south from "./places/south.mjs";
import * as beyond from "./places/tianshan-north.mjs";
import * as basin from "./places/tianshan-south.mjs";

/** `slug` names the file, `name` is the place as a stamp prints it, `art` draws the picture. */
export const stamps = [
  { slug: "beijing", name: "北京", art: north.beijing },
  { slug: "tianjin", name: "天津", art: north.tianjin },
  { slug: "hebei", name: "河北", art: north.hebei },
  { slug: "shanxi", name: "山西", art: north.shanxi },
  { slug: "liaoning", name: "辽宁", art: north.liaoning },
  { slug: "jilin", name: "吉林", art: north.jilin },
  { slug: "heilongjiang", name: "黑龙江", art: north.heilongjiang },
  { slug: "shanghai", name: "上海", art: coast.shanghai },
  { slug: "jiangsu", name: "江苏", art: coast.jiangsu },
  { slug: "zhejiang", name: "浙江", art: coast.zhejiang },
  { slug: "anhui", name: "安徽", art: south.anhui },
  { slug: "fujian", name: "福建", art: coast.fujian },
  { slug: "jiangxi", name: "江西", art: south.jiangxi },
  { slug: "shandong", name: "山东", art: coast.shandong },
  { slug: "henan", name: "河南", art: south.henan },
  { slug: "hubei", name: "湖北", art: south.hubei },
  { slug: "hunan", name: "湖南", art: south.hunan },
  { slug: "guangdong", name: "广东", art: coast.guangdong },
  { slug: "shenzhen", name: "深圳", art: coast.shenzhen },
  { slug: "hetian", name: "和田", art: basin.hetian },
  { slug: "bingtuan", name: "兵团", art: beyond.bingtuan },
  { slug: "changji", name: "昌吉", art: beyond.changji },
  { slug: "aletai", name: "阿勒泰", art: beyond.aletai },
  { slug: "kashi", name: "喀什", art: basin.kashi },
  { slug: "kezilesu", name: "克州", art: basin.kezilesu },
  { slug: "yili", name: "伊犁", art: beyond.yili },
  { slug: "bozhou", name: "博州", art: beyond.bozhou },
  { slug: "bazhou", name: "巴州", art: basin.bazhou },
  { slug: "tacheng", name: "塔城", art: beyond.tacheng },
  { slug: "akesu", name: "阿克苏", art: basin.akesu },
  { slug: "hami", name: "哈密", art: beyond.hami },
  { slug: "tulufan", name: "吐鲁番", art: beyond.tulufan },
  { slug: "default", name: "结对", art: anywhere.seal },
];
