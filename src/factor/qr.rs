//! QR codes as SVG (ISO/IEC 18004, by `qrcode`): vector, black on white in every theme, nothing that runs.

use qrcode::QrCode;
use qrcode::render::svg::Color;
use zeroize::Zeroizing;

/// Longest text drawn, in bytes. An `otpauth://` address is far shorter; beyond it no phone reads the code.
pub const LONGEST: usize = 1024;

/// Pixels of a module where nothing else sets the picture's size.
const MODULE: u32 = 8;

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a qr code holds at most {LONGEST} bytes")]
pub struct TooLong;

/// Draws `text`, which may hold a secret, with its quiet zone of four modules; scales to whatever box it is put in.
pub fn svg(text: &str) -> Result<Zeroizing<String>, TooLong> {
    if text.len() > LONGEST {
        return Err(TooLong);
    }
    let code = QrCode::new(text).map_err(|_| TooLong)?;
    let drawn = code
        .render::<Color<'_>>()
        .module_dimensions(MODULE, MODULE)
        .quiet_zone(true)
        .dark_color(Color("#000"))
        .light_color(Color("#fff"))
        .build();
    let image = Zeroizing::new(drawn);
    // Inside HTML an XML declaration is an error.
    let picture = image.find("<svg").map_or("", |start| &image[start..]);
    Ok(Zeroizing::new(picture.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_picture_and_nothing_else() {
        let text = "otpauth://totp/Jellyward:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Jellyward";
        let image = svg(text).unwrap();
        let width = (QrCode::new(text).unwrap().width() + 8) * MODULE as usize;
        assert!(image.starts_with("<svg ") && image.ends_with("</svg>"), "{image:?}");
        assert!(image.contains(&format!(r#"viewBox="0 0 {width} {width}""#)), "{image:?}");
        assert!(image.contains(r##"fill="#fff""##) && image.contains(r##"fill="#000""##));
        assert!(!image.contains("<script") && !image.contains("href") && !image.contains("secret"));
    }

    #[test]
    fn the_quiet_zone_is_white() {
        // The first dark module of any code is the corner of a finder pattern, four modules in.
        assert!(svg("x").unwrap().contains(r#"d="M32 32h8v8"#), "{:?}", svg("x"));
    }

    #[test]
    fn text_cannot_leave_the_drawing() {
        assert!(!svg("</svg><script>alert(1)</script>").unwrap().contains("script"));
        assert!(svg("").is_ok() && svg(&"x".repeat(LONGEST)).is_ok() && svg(&"\u{1f511}".repeat(LONGEST / 4)).is_ok());
        assert_eq!(svg(&"x".repeat(LONGEST + 1)), Err(TooLong));
    }
}
